-- pgbench: the statements of one scan on the same Postgres. The event's row goes in the same
-- transaction, so that no sender ever sees it; the real one removes rows in batches.
\set lot random(1, 1000)
begin;
select gtin, document, revision, content_hash, source, updated_at from passport.products where gtin = '09521234543213';
insert into passport.scans (scan_id, scanned_at, gtin, identifier, channel, symbology, visitor_id, account_id)
values (gen_random_uuid(), now(), '09521234543213', jsonb_build_object('gtin', '09521234543213', 'lot', :lot::int), 'app', null, gen_random_uuid(), null);
insert into passport.outbox (event_id, topic, key, payload, traceparent)
values (gen_random_uuid(), 'bench', 'bench', repeat('x', 500), null)
returning position \gset
delete from passport.outbox where position = :position;
commit;
