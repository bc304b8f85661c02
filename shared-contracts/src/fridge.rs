//! Bodies of `openapi/fridge.yaml`.

mod household;
mod item;
mod notice;
mod waste;

pub use household::{Household, Invitation, InvitationRequest, JoinRequest, Member, NewInvitation, Role};
pub use item::{
    AddRequest, Amount, ConsumeRequest, DateRequest, DateState, DiscardReason, DiscardRequest, ExpiryKind,
    FridgeEvent, FridgeHistory, FridgeItem, ItemRecall, Kind, ManualRequest, MatchedBy, Part, Price,
    RecallSource, UndoRequest,
};
pub use notice::{FeedToken, Notice, NoticeKind, PushKeys, PushRequest, PushSubscription, PushSubscriptions};
pub use waste::{Factor, WasteCount, WasteGroup, WasteSummary, Wasted};
