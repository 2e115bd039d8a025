//! How Discord's messages are reached again: by the interaction's token, or by a direct message.
//!
//! Apart from what is told, and when, because addresses, minutes and refusals are Discord's.

use async_trait::async_trait;
use magiclink_domain::team::ChatUser;

use super::Discord;
use super::api::ApiError;
use super::render;
use crate::conversation::{Answer, Place};
use crate::telling::{Messenger, NotTold};

#[async_trait]
impl Messenger for Discord {
    async fn edit(&self, place: &Place, answer: &Answer) -> Result<(), NotTold> {
        told(self.api.edit_original(&place.address, &render::message(answer)).await)
    }

    async fn tell(&self, user: &ChatUser, answer: &Answer) -> Result<(), NotTold> {
        // What is pressed in a direct message comes from no server: there are no buttons.
        let plain = Answer { buttons: vec![], menu: None, ..answer.clone() };
        told(self.api.direct(&user.user, &render::message(&plain)).await)
    }
}

/// A token that Discord takes no more edits by is used up, and whoever takes no direct messages gets none; what could not
/// be reached may be later.
fn told(done: Result<(), ApiError>) -> Result<(), NotTold> {
    done.map_err(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "discord was not told");
        match error {
            ApiError::Refused { status: 500.., .. } | ApiError::Unreachable(_) | ApiError::Unauthorised => {
                NotTold::NotNow
            }
            ApiError::Refused { .. } => NotTold::Never,
        }
    })
}
