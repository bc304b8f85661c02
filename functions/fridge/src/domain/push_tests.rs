use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifier};

use super::*;

fn bytes(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn browser() -> Browser {
    // RFC 8291, section 5.
    Browser::read(&PushKeys {
        p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
            .to_owned(),
        auth: "BTBZMqHH6r4Tts7J_aSIgg".to_owned(),
    })
    .unwrap()
}

#[test]
fn a_message_is_sealed_as_in_the_example_of_rfc_8291() {
    let own = PrivateKey::from_private_key(&ECDH_P256, &bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
    let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
    let text = b"When I grow up, I want to be a watermelon";
    let sealed = browser().seal_with(&own.unwrap(), text, salt).unwrap();
    let wanted = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
    assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(sealed), wanted);
}

#[test]
fn keys_that_are_none_are_refused() {
    for (p256dh, auth) in [("", ""), ("BA", "BTBZMqHH6r4Tts7J_aSIgg"), ("not base64!", "AA")] {
        assert!(Browser::read(&PushKeys { p256dh: p256dh.to_owned(), auth: auth.to_owned() }).is_err());
    }
    let not_on_the_curve = Browser { public: [vec![4], vec![1; 64]].concat(), auth: vec![0; 16] };
    assert!(matches!(not_on_the_curve.seal(b"x", [0; 16]), Err(PushError::Keys)));
}

#[test]
fn messages_go_to_push_services_only() {
    let hosts = ["fcm.googleapis.com", "*.push.apple.com"].map(str::to_owned);
    for good in ["https://fcm.googleapis.com/fcm/send/a", "https://web.push.apple.com/x"] {
        assert!(endpoint(good, &hosts).is_ok(), "{good}");
    }
    for bad in [
        "http://fcm.googleapis.com/a",
        "https://fcm.googleapis.com:8443/a",
        "https://user@fcm.googleapis.com/a",
        "https://fcm.googleapis.com.example.org/a",
        "https://evilfcm.googleapis.com/a",
        "https://push.apple.com/a",
        "https://evilpush.apple.com/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://localhost/a",
        "file:///etc/passwd",
        "fcm.googleapis.com",
    ] {
        assert!(endpoint(bad, &hosts).is_err(), "{bad}");
    }
}

#[test]
fn addresses_that_are_not_public_are_known() {
    for private in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.0.8",
        "198.18.0.1",
        "203.0.113.5",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001::1",
    ] {
        assert!(!is_public(private.parse().unwrap()), "{private}");
    }
    for public in ["142.250.74.10", "17.1.2.3", "2a00:1450:4001::200a", "2606:4700::1111"] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
}

#[test]
fn we_sign_who_we_are_and_a_message_has_nothing_but_its_kind() {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    let key = VapidKey { pkcs8: BASE64_STANDARD.encode(pkcs8.as_ref()) };
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let url = "https://fcm.googleapis.com/fcm/send/a".parse().unwrap();
    let value = key.authorization(&url, "mailto:ops@example.org", now).unwrap();
    let (token, public) = value.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(public, key.public().unwrap());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    Verifier::new(&ECDSA_P256_SHA256_FIXED, bytes(public))
        .verify(signed.as_bytes(), &bytes(signature))
        .unwrap();
    let claims: serde_json::Value =
        serde_json::from_slice(&bytes(signed.split_once('.').unwrap().1)).unwrap();
    assert_eq!(claims["aud"], "https://fcm.googleapis.com");
    assert_eq!(message(NoticeKind::Expiry), br#"{"kind":"expiry"}"#);
}
