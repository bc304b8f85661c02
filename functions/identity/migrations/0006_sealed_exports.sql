-- Exports hold all that is known of a person, the health profile among it: they lie sealed. What was
-- gathered before lies for a day at most and is gathered again by who asks again.

delete from identity.exports where document is not null;

alter table identity.exports
    drop constraint exports_finish_with_something,
    drop column document,
    add column key_id text,
    add column wrapped_key bytea,
    add column ciphertext bytea,
    add constraint exports_are_sealed_whole check (num_nonnulls(key_id, wrapped_key, ciphertext) in (0, 3)),
    add constraint exports_finish_with_something check ((finished_at is null) = (num_nonnulls(failure, ciphertext) = 0));

comment on column identity.exports.key_id is 'Key of the secret export-keys that wraps the data key.';
comment on column identity.exports.wrapped_key is 'Data key of this export: nonce, ciphertext, tag of AES-256-GCM.';
comment on column identity.exports.ciphertext is 'Export as in shared-contracts, sealed: nonce, ciphertext, tag of AES-256-GCM.';
