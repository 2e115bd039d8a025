//! How Slack's messages are reached again: at their `response_url`, or by a direct message.

use async_trait::async_trait;
use magiclink_domain::team::ChatUser;

use super::Slack;
use super::api::ApiError;
use super::render;
use crate::conversation::{Answer, Place};
use crate::telling::{Messenger, NotTold};

#[async_trait]
impl Messenger for Slack {
    async fn edit(&self, place: &Place, answer: &Answer) -> Result<(), NotTold> {
        told(self.api.respond(&place.address, &render::message(answer, true)).await)
    }

    async fn tell(&self, user: &ChatUser, answer: &Answer) -> Result<(), NotTold> {
        told(self.api.call("chat.postMessage", &render::direct(&user.user, answer)).await.map(drop))
    }
}

/// An address that Slack takes no more posts for is used up; one that could not be reached may work again.
fn told(done: Result<(), ApiError>) -> Result<(), NotTold> {
    done.map_err(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "slack was not told");
        match error {
            ApiError::Refused(_) | ApiError::Elsewhere => NotTold::Never,
            ApiError::Unreachable(_) | ApiError::Failing(_) => NotTold::NotNow,
        }
    })
}
