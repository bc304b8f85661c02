//! `code parse`: the program itself, which is told nothing of any stack.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

fn parse(arguments: &[&str], input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_packytrace-ops"))
        .args(["code", "parse"])
        .args(arguments)
        .env_clear()
        // Where these are read, these are wrong.
        .envs([("PACKYTRACE_ENDPOINTS", "/nowhere/endpoints.json"), ("POSTGRES_ADMIN_URL", "nonsense")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(input).unwrap();
    program.wait_with_output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_valid_code_is_told_and_the_exit_code_is_0() {
    let link = "https://id.example.org/01/09521234543213/10/LOT-7?17=261130&99=x";
    let output = parse(&[link], b"");
    assert_eq!(output.status.code(), Some(0));
    let wanted = json!({
        "input": link,
        "valid": true,
        "identifier": {"gtin": "09521234543213", "lot": "LOT-7", "use_by": "2026-11-30",
            "other": [{"ai": "99", "value": "x"}]},
        "canonical_uri": "https://id.gs1.org/01/09521234543213/10/LOT-7?17=261130&99=x",
        "elements": [{"ai": "01", "value": "09521234543213"}, {"ai": "10", "value": "LOT-7"},
            {"ai": "17", "value": "261130"}, {"ai": "99", "value": "x"}],
    });
    assert_eq!(lines(&output), [wanted]);
}

#[test]
fn a_wrong_code_is_told_with_its_rule_and_place_and_the_exit_code_is_1() {
    let output = parse(&["(01)09521234543214(10)A"], b"");
    assert_eq!(output.status.code(), Some(1));
    let told = lines(&output).remove(0);
    assert_eq!(told["valid"], false);
    assert_eq!((&told["error"]["code"], &told["error"]["ai"]), (&json!("invalid_check_digit"), &json!("01")));
    assert_eq!(told["error"]["position"], 17);
    assert!(told["error"]["detail"].is_string());
    let members: Vec<_> = told.as_object().unwrap().keys().collect();
    assert_eq!(members, ["error", "input", "valid"]);
}

#[test]
fn a_valid_code_that_names_no_product_has_no_identifier() {
    let output = parse(&["(00)095212340000000013"], b"");
    assert_eq!(output.status.code(), Some(0));
    let told = lines(&output).remove(0);
    assert_eq!((&told["valid"], told.get("identifier")), (&json!(true), None));
    assert_eq!(told["canonical_uri"], "https://id.gs1.org/00/095212340000000013");
}

#[test]
fn each_line_of_a_batch_gives_one_line() {
    let input =
        b"9521234543213\n\n]d20109521234543213\x1d10A\r\n-1\n\xff\xfe\nhttps://x.example/01/09521234543213";
    let output = parse(&["--batch"], input);
    assert_eq!(output.status.code(), Some(0));
    let told = lines(&output);
    let valid: Vec<_> = told.iter().map(|line| line["valid"].as_bool().unwrap()).collect();
    assert_eq!(valid, [true, false, true, false, false, true]);
    assert_eq!(told[2]["input"], "]d20109521234543213\u{1d}10A");
    assert_eq!(told[2]["elements"][1], json!({"ai": "10", "value": "A"}));
}

#[test]
fn a_code_may_begin_with_a_hyphen_and_there_must_be_one() {
    assert_eq!(parse(&["-1"], b"").status.code(), Some(1));
    assert_eq!(parse(&[], b"").status.code(), Some(2));
    assert_eq!(parse(&["--batch", "x"], b"").status.code(), Some(2));
}
