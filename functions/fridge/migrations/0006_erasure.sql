-- The one way in which anything of the history goes: a person's erasure.

create table fridge.erased_accounts (
    id_hash bytea not null,
    constraint erased_accounts_pkey primary key (id_hash)
);

comment on table fridge.erased_accounts is 'Accounts that were erased: nothing is written for them again, whatever still arrives. No ids.';
comment on column fridge.erased_accounts.id_hash is 'SHA-256 of the 122 random bits of the id: it cannot be turned back.';

create function fridge.erase_account(erased uuid) returns void
    language plpgsql security definer set search_path = pg_catalog
as $erase$
begin
    -- What is being written for the account waits, and then finds it erased.
    perform pg_advisory_xact_lock(hashtextextended(erased::text, 7));
    insert into fridge.erased_accounts values (sha256(uuid_send(erased))) on conflict do nothing;
    -- The own fridge goes as a whole. What somebody did in another's fridge is that household's
    -- history: who did it, and their scan, go.
    delete from fridge.notices where item_id in (select item_id from fridge.items where fridge_id = erased);
    delete from fridge.fridge_events where fridge_id = erased;
    delete from fridge.items where fridge_id = erased;
    update fridge.fridge_events
       set account_id = null, details = details - 'scan_id' - 'key'
     where account_id = erased;
    update fridge.items
       set added_by = null, scan_id = null, document = document #- '{added,scan_id}' #- '{added,key}'
     where added_by = erased;
    delete from fridge.household_members where account_id = erased or owner_id = erased;
    delete from fridge.invitations where owner_id = erased;
    delete from fridge.feed_tokens where account_id = erased;
    delete from fridge.push_subscriptions where account_id = erased;
    delete from fridge.notices where account_id = erased;
    delete from fridge.people where account_id = erased;
end
$erase$;

comment on function fridge.erase_account is 'Deletes everything of an account, as the schema''s owner; nothing else can delete from the history.';

revoke all on function fridge.erase_account from public;
grant execute on function fridge.erase_account to fridge_svc;
grant select on fridge.erased_accounts to fridge_svc;
