import type { Http } from './http';
import type {
  AddFridgeItemByHandData,
  AddFridgeItemData,
  AddPushSubscriptionData,
  AddRequest,
  ConsumeFridgeItemData,
  ConsumeRequest,
  DateFridgeItemData,
  DateRequest,
  DiscardFridgeItemData,
  DiscardRequest,
  FeedToken,
  FreezeFridgeItemData,
  FridgeHistory,
  FridgeItem,
  FridgePage,
  GetFridgeItemHistoryData,
  GetHouseholdData,
  GetWasteSummaryData,
  Household,
  InviteToHouseholdData,
  JoinHouseholdData,
  LeaveHouseholdData,
  ListFridgeItemsData,
  ListPushSubscriptionsData,
  MakeFeedTokenData,
  ManualRequest,
  NewInvitation,
  OpenFridgeItemData,
  PushRequest,
  PushSubscriptions,
  RemoveHouseholdMemberData,
  RemovePushSubscriptionsData,
  RevokeFeedTokenData,
  ThawFridgeItemData,
  UndoFridgeEventData,
  WasteSummary,
  WithdrawInvitationData,
} from './types';

const items = '/api/v1/fridge/items';

/** What fridge answers. */
export class FridgeApi {
  constructor(private readonly http: Http) {}

  items(cursor?: string): Promise<FridgePage> {
    return this.http.get<ListFridgeItemsData, FridgePage>(items, undefined, {
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
  }

  add(request: AddRequest, key: string): Promise<FridgeItem> {
    return this.http.post<AddFridgeItemData, FridgeItem>(items, request, { key });
  }

  addByHand(request: ManualRequest, key: string): Promise<FridgeItem> {
    return this.http.post<AddFridgeItemByHandData, FridgeItem>(`${items}/manual`, request, { key });
  }

  consume(itemId: string, request: ConsumeRequest, key: string): Promise<FridgeItem> {
    const path = { item_id: itemId };
    return this.http.post<ConsumeFridgeItemData, FridgeItem>(`${items}/{item_id}/consume`, request, {
      path,
      key,
    });
  }

  discard(itemId: string, request: DiscardRequest, key: string): Promise<FridgeItem> {
    const path = { item_id: itemId };
    return this.http.post<DiscardFridgeItemData, FridgeItem>(`${items}/{item_id}/discard`, request, {
      path,
      key,
    });
  }

  open(itemId: string, key: string): Promise<FridgeItem> {
    const path = { item_id: itemId };
    return this.http.post<OpenFridgeItemData, FridgeItem>(`${items}/{item_id}/open`, undefined, {
      path,
      key,
    });
  }

  freeze(itemId: string, key: string): Promise<FridgeItem> {
    const path = { item_id: itemId };
    return this.http.post<FreezeFridgeItemData, FridgeItem>(`${items}/{item_id}/freeze`, undefined, {
      path,
      key,
    });
  }

  thaw(itemId: string, key: string): Promise<FridgeItem> {
    const path = { item_id: itemId };
    return this.http.post<ThawFridgeItemData, FridgeItem>(`${items}/{item_id}/thaw`, undefined, {
      path,
      key,
    });
  }

  undo(itemId: string, eventId: string, key: string): Promise<FridgeItem> {
    const path = { item_id: itemId };
    const body = { event_id: eventId };
    return this.http.post<UndoFridgeEventData, FridgeItem>(`${items}/{item_id}/undo`, body, { path, key });
  }

  date(itemId: string, request: DateRequest): Promise<FridgeItem> {
    const path = { item_id: itemId };
    return this.http.patch<DateFridgeItemData, FridgeItem>(`${items}/{item_id}`, request, { path });
  }

  history(itemId: string): Promise<FridgeHistory> {
    return this.http.get<GetFridgeItemHistoryData, FridgeHistory>(`${items}/{item_id}/history`, {
      item_id: itemId,
    });
  }

  waste(): Promise<WasteSummary> {
    return this.http.get<GetWasteSummaryData, WasteSummary>('/api/v1/fridge/waste-summary');
  }

  wasteTable(): Promise<string> {
    return this.http.text('/api/v1/fridge/waste-summary.csv');
  }

  makeFeed(): Promise<FeedToken> {
    return this.http.post<MakeFeedTokenData, FeedToken>('/api/v1/fridge/feed-token', undefined);
  }

  revokeFeed(): Promise<void> {
    return this.http.delete<RevokeFeedTokenData>('/api/v1/fridge/feed-token');
  }

  pushes(): Promise<PushSubscriptions> {
    return this.http.get<ListPushSubscriptionsData, PushSubscriptions>('/api/v1/fridge/push-subscriptions');
  }

  allowPush(request: PushRequest): Promise<unknown> {
    return this.http.post<AddPushSubscriptionData, unknown>('/api/v1/fridge/push-subscriptions', request);
  }

  endPush(): Promise<void> {
    return this.http.delete<RemovePushSubscriptionsData>('/api/v1/fridge/push-subscriptions');
  }

  household(): Promise<Household> {
    return this.http.get<GetHouseholdData, Household>('/api/v1/fridge/household');
  }

  invite(role: 'member' | 'viewer'): Promise<NewInvitation> {
    return this.http.post<InviteToHouseholdData, NewInvitation>('/api/v1/fridge/household', { role });
  }

  join(code: string): Promise<Household> {
    return this.http.post<JoinHouseholdData, Household>('/api/v1/fridge/household/members', { code });
  }

  leave(): Promise<void> {
    return this.http.delete<LeaveHouseholdData>('/api/v1/fridge/household');
  }

  removeMember(accountId: string): Promise<void> {
    return this.http.delete<RemoveHouseholdMemberData>('/api/v1/fridge/household/members/{account_id}', {
      path: { account_id: accountId },
    });
  }

  withdrawInvitation(invitationId: string): Promise<void> {
    return this.http.delete<WithdrawInvitationData>('/api/v1/fridge/household/invitations/{invitation_id}', {
      path: { invitation_id: invitationId },
    });
  }
}
