//! A picture for one person: uploaded to Slack, shared with nobody but them.
//!
//! Apart from messages because these take texts alone. Slack shows a file to whoever it was shared with, and an answer that
//! only the asker sees shares nothing (an image in it is refused as long as its file is the app's alone), so the picture
//! goes where nobody else reads: the direct messages between the asker and the app.

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use url::Url;

use super::Slack;
use super::api::ApiError;
use super::render;
use crate::conversation::{Answer, Line, PICTURE_FILE, PICTURE_SAYS, Picture, Turn};

impl Slack {
    /// Shows the picture, and says where; where Slack did not take it, the console's page.
    pub(super) async fn show_picture(
        &self, turn: &Turn, picture: &Picture, response_url: &str,
    ) -> Result<(), ApiError> {
        let answer = match self.share(&turn.user.user, picture).await {
            Ok(()) => {
                Answer::of(Line::of("The QR code is in your direct messages with this app, where only you see it."))
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a picture could not be shown in slack");
                Answer::of(Line::of("Slack did not take the QR code. The console shows it."))
                    .open("Open in the console", picture.page.clone())
            }
        };
        self.api.respond(response_url, &render::message(&answer, false)).await
    }

    /// Uploads the picture and shares it with this user alone.
    async fn share(&self, user: &str, picture: &Picture) -> Result<(), ApiError> {
        let length = picture.png.len().to_string();
        let form = [("filename", PICTURE_FILE), ("length", length.as_str()), ("alt_txt", PICTURE_SAYS)];
        let place = self.api.ask("files.getUploadURLExternal", &form).await?;
        self.api.upload(text(&place, "/upload_url"), &picture.png).await?;
        let opened = self.api.call("conversations.open", &json!({ "users": user })).await?;
        let complete = json!({
            "files": [{ "id": text(&place, "/file_id"), "title": PICTURE_FILE }],
            "channel_id": text(&opened, "/channel/id"),
            "initial_comment": PICTURE_SAYS,
        });
        self.api.call("files.completeUploadExternal", &complete).await.map(drop)
    }
}

fn text<'a>(answer: &'a Value, pointer: &str) -> &'a str {
    answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

impl super::api::Api {
    /// Hands bytes to the address that Slack named for them.
    pub(super) async fn upload(&self, address: &str, png: &[u8]) -> Result<(), ApiError> {
        let url = Url::parse(address).ok().filter(|url| self.takes_files(url)).ok_or(ApiError::Elsewhere)?;
        let kind = HeaderValue::from_static("image/png");
        let response = self.send(|http| http.post(url.clone()).header(CONTENT_TYPE, kind.clone()).body(png.to_vec()));
        super::api::taken(response.await?.status())
    }
}
