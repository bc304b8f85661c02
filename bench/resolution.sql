-- pgbench: what a resolution reads (functions/passport/src/store/links.rs, `known`), of any product of
-- a catalogue with :products of them.
\set n random(1, :products)
select p.gtin is not null, p.withdrawn_at is not null, e.cpv, e.lot, e.serial, e.content
  from (select lpad((:n)::text, 14, '0') as gtin) as asked
  left join passport.products p on p.gtin = asked.gtin
  left join passport.link_entries e
    on e.gtin = asked.gtin and e.serial = any (array['']) and e.lot = any (array['', 'LOT-7'])
   and e.cpv = any (array['']);
