//! The wish that a process or a part of it stops, and those who wait for it.

use tokio::sync::watch;

/// Where the wish is heard. A wisher that is gone has wished it.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

/// Who wishes.
pub(crate) struct Stopper(watch::Sender<bool>);

impl Stop {
    pub(crate) fn pair() -> (Stopper, Self) {
        let (sender, receiver) = watch::channel(false);
        (Stopper(sender), Self(receiver))
    }

    /// Waits for the wish.
    pub(crate) async fn wished(&mut self) {
        let _gone_or_wished = self.0.wait_for(|stop| *stop).await;
    }

    /// Whether it has been wished.
    pub(crate) fn is_wished(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}

impl Stopper {
    pub(crate) fn wish(&self) {
        self.0.send_replace(true);
    }
}
