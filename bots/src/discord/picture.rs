//! A picture for one person: the answer to the pressed button, which nobody else sees, with a file.
//!
//! Apart from messages because Discord takes files in a form of several parts alone ("Uploading Files"), and in no first
//! answer. No permission is needed for it: an application may attach files wherever it answers an interaction.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::Discord;
use super::render;
use crate::conversation::{Answer, Line, PICTURE_FILE, PICTURE_SAYS, Picture};

impl Discord {
    /// Shows the picture in the place of the answer by this token; where Discord did not take it, the console's page.
    pub(super) async fn show_picture(&self, token: &str, picture: &Picture) {
        let Err(error) = self.api.edit_original_with(token, &message(), &picture.png).await else { return };
        tracing::warn!(error = &error as &dyn std::error::Error, "a picture could not be shown in discord");
        let instead = Answer::of(Line::of("Discord did not take the QR code. The console shows it."))
            .open("Open in the console", picture.page.clone());
        if let Err(error) = self.api.edit_original(token, &render::message(&instead)).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "an answer could not be shown in discord");
        }
    }
}

/// What is said with the picture, to those who can't see it, too.
fn message() -> Value {
    let mut message = render::message(&Answer::of(Line::of(PICTURE_SAYS)));
    if let Some(message) = message.as_object_mut() {
        let file = json!({ "id": "0", "filename": PICTURE_FILE, "description": PICTURE_SAYS });
        message.insert("attachments".to_owned(), json!([file]));
    }
    message
}

/// A message with its picture, in the parts that Discord wants.
pub(super) fn parts(message: &Value, png: &[u8]) -> Form {
    let of = |kind| HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
    let payload = Part::text(message.to_string()).headers(of("application/json"));
    let file = Part::bytes(png.to_vec()).file_name(PICTURE_FILE).headers(of("image/png"));
    Form::new().part("payload_json", payload).part("files[0]", file)
}
