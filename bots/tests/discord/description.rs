//! Discord's own description of its API, held against every request of ours and every answer of the stand-in.
//!
//! The description is not part of this repository: without it the requests are held against the published limits alone.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

/// The description, with what was made of it so far.
pub struct Description {
    whole: Value,
    made: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Description {
    /// The one that lies beside the repository, or beside a folder above it.
    #[allow(clippy::print_stderr, reason = "what is not held against it is said")]
    pub fn load() -> Option<Self> {
        let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        let mut text = above.map(|folder| folder.join("shared/specs/discord_interactions.trim.json"));
        let Some(text) = text.find_map(|path| std::fs::read(path).ok()) else {
            eprintln!("skipped: Discord's description of its API is not there");
            return None;
        };
        let mut whole: Value = serde_json::from_slice(&text).unwrap();
        // Typed as a number there, because one that is written as a text is taken, too; a text is what is documented.
        let commands = ["ApplicationCommandUpdateRequest", "ApplicationCommandCreateRequest"];
        for name in commands {
            if let Some(field) = whole
                .pointer_mut(&format!("/components/schemas/{name}/properties/default_member_permissions"))
                .filter(|field| !field.is_null())
            {
                *field = json!({ "type": ["string", "integer", "null"], "pattern": "^[0-9]+$" });
            }
        }
        Some(Self { whole, made: Mutex::default() })
    }

    /// What is wrong with a request's body.
    pub fn request(&self, method: &str, path: &str, body: &Value) -> Option<String> {
        self.wrong(&format!("/paths/{}/{method}/requestBody/content/application~1json/schema", escaped(path)), body)
    }

    /// What is wrong with an answer.
    pub fn answer(&self, method: &str, path: &str, status: u16, body: &Value) -> Option<String> {
        let place = format!("/paths/{}/{method}/responses/{status}/content/application~1json/schema", escaped(path));
        self.wrong(&place, body)
    }

    fn wrong(&self, place: &str, body: &Value) -> Option<String> {
        let validator = {
            let mut made = self.made.lock().unwrap();
            Arc::clone(made.entry(place.to_owned()).or_insert_with(|| Arc::new(self.validator(place))))
        };
        let wrong: Vec<String> =
            validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
        (!wrong.is_empty()).then(|| wrong.join("; "))
    }

    fn validator(&self, place: &str) -> Validator {
        let schema = self.whole.pointer(place).unwrap_or_else(|| panic!("{place} is not described"));
        let whole = json!({ "allOf": [schema], "components": self.whole["components"] });
        jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
    }
}

fn escaped(path: &str) -> String {
    path.replace('~', "~0").replace('/', "~1")
}
