//! Every `code` that an answer can carry, with its status and what to do about it.
//!
//! Apart from the problems because the document lists the same table.

use axum::http::StatusCode;

/// One stable word for programs.
#[expect(clippy::struct_field_names, reason = "the word is named as in the answer")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    /// The word.
    pub(crate) code: &'static str,
    /// The status it comes with.
    pub(crate) status: StatusCode,
    /// What it says, for people; the same for every occurrence.
    pub(crate) title: &'static str,
    /// What to do next.
    pub(crate) remedy: &'static str,
}

const fn code(code: &'static str, status: StatusCode, title: &'static str, remedy: &'static str) -> Code {
    Code { code, status, title, remedy }
}

pub(crate) const INVALID_JSON: Code =
    code("invalid_json", StatusCode::BAD_REQUEST, "The body is not a JSON object", "send one JSON object in UTF-8");
pub(crate) const UNKNOWN_FIELD: Code = code(
    "unknown_field",
    StatusCode::BAD_REQUEST,
    "A field is not known here",
    "leave the field out, or check its spelling",
);
pub(crate) const INVALID_FIELD: Code =
    code("invalid_field", StatusCode::BAD_REQUEST, "A field is not as it should be", "correct the field named");
pub(crate) const UNAUTHENTICATED: Code = code(
    "unauthenticated",
    StatusCode::UNAUTHORIZED,
    "No valid API token came with the request",
    "send Authorization: Bearer mlk_… with a token that is neither expired nor revoked",
);
pub(crate) const NOT_FOUND: Code =
    code("not_found", StatusCode::NOT_FOUND, "There is nothing here", "check the address and the id");
pub(crate) const METHOD_NOT_ALLOWED: Code = code(
    "method_not_allowed",
    StatusCode::METHOD_NOT_ALLOWED,
    "This address does not take this method",
    "use one of the methods in the Allow header",
);
pub(crate) const TOO_LARGE: Code =
    code("too_large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large", "send at most 64 KiB");
pub(crate) const UNSUPPORTED_MEDIA_TYPE: Code = code(
    "unsupported_media_type",
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "The body is not declared as JSON",
    "send Content-Type: application/json",
);
pub(crate) const IDEMPOTENCY_KEY_REUSED: Code = code(
    "idempotency_key_reused",
    StatusCode::UNPROCESSABLE_ENTITY,
    "The idempotency key came with another request before",
    "take a new key for a new request",
);
pub(crate) const RATE_LIMITED: Code = code(
    "rate_limited",
    StatusCode::TOO_MANY_REQUESTS,
    "Too many requests",
    "wait for as many seconds as Retry-After says",
);
pub(crate) const INTERNAL: Code = code(
    "internal_error",
    StatusCode::INTERNAL_SERVER_ERROR,
    "Something broke on our side",
    "try again; if it stays, tell the operator",
);
pub(crate) const OVERLOADED: Code = code(
    "overloaded",
    StatusCode::SERVICE_UNAVAILABLE,
    "Too busy at the moment; nothing was done",
    "try again after as many seconds as Retry-After says",
);
pub(crate) const UNAVAILABLE: Code = code(
    "unavailable",
    StatusCode::SERVICE_UNAVAILABLE,
    "A part of the service is out of reach",
    "try again after as many seconds as Retry-After says",
);

/// Every code, lowest status first.
pub(crate) const ALL: &[Code] = &[
    INVALID_JSON,
    UNKNOWN_FIELD,
    INVALID_FIELD,
    UNAUTHENTICATED,
    code(
        "forbidden",
        StatusCode::FORBIDDEN,
        "The token may not do this",
        "use a token of another role; staff and API tokens are managed without one",
    ),
    code(
        "confirmation_required",
        StatusCode::FORBIDDEN,
        "This needs an explicit confirmation",
        "say so with ?confirm=true",
    ),
    code("sign_in_again", StatusCode::FORBIDDEN, "This needs a fresh sign-in", "do it in the console, signed in anew"),
    code(
        "reveal_forbidden",
        StatusCode::FORBIDDEN,
        "Links are not shown here",
        "have the link sent by SMS or e-mail instead",
    ),
    NOT_FOUND,
    code("contact_not_found", StatusCode::NOT_FOUND, "There is no such contact", "check the id, or add the contact"),
    code("offering_not_found", StatusCode::NOT_FOUND, "There is no such offering", "see the list of offerings"),
    METHOD_NOT_ALLOWED,
    code(
        "contact_ambiguous",
        StatusCode::CONFLICT,
        "Several contacts share this address",
        "name the contact by id or external id",
    ),
    code(
        "contact_not_in_portal",
        StatusCode::CONFLICT,
        "The contact is not in the portal",
        "grant a course or group, in the same call with grants if you like",
    ),
    code(
        "destination_not_granted",
        StatusCode::CONFLICT,
        "The contact has no access to the destination",
        "add it to grants, or let the link lead to home",
    ),
    code(
        "too_many_live_links",
        StatusCode::CONFLICT,
        "The contact has too many live links",
        "revoke one, or let them expire",
    ),
    code("sms_opted_out", StatusCode::CONFLICT, "The number opted out of text messages", "send by e-mail"),
    code("external_id_taken", StatusCode::CONFLICT, "Another contact has this external id", "take another one"),
    code("offering_archived", StatusCode::CONFLICT, "The offering takes no new grants", "choose another offering"),
    code("slug_taken", StatusCode::CONFLICT, "An offering with this slug exists", "take another slug, or PATCH it"),
    code(
        "channel_not_configured",
        StatusCode::CONFLICT,
        "No provider is configured for this channel",
        "configure one, or hand the link over another way",
    ),
    code(
        "delivery_under_way",
        StatusCode::CONFLICT,
        "The delivery was sent, or is being sent right now",
        "look again, or ask for another sending",
    ),
    code("bulk_ended", StatusCode::CONFLICT, "The bulk send has ended", "start another one"),
    code(
        "nobody_to_send_to",
        StatusCode::CONFLICT,
        "Nobody would get a message",
        "choose other contacts, or another channel",
    ),
    code(
        "count_changed",
        StatusCode::CONFLICT,
        "More messages would be sent than were confirmed",
        "make another dry run, and confirm the new number",
    ),
    code("link_not_live", StatusCode::CONFLICT, "The link can't be used any more", "make a new one"),
    code(
        "staff_email_taken",
        StatusCode::CONFLICT,
        "Another staff member has this e-mail address",
        "take another address",
    ),
    code("last_owner", StatusCode::CONFLICT, "This is the only owner", "make somebody else an owner first"),
    code("contact_erased", StatusCode::GONE, "The contact was erased", "nothing: erasure is for good"),
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    code(
        "invalid_email",
        StatusCode::UNPROCESSABLE_ENTITY,
        "This is no e-mail address",
        "send one plain address such as ana@example.com",
    ),
    code(
        "invalid_phone",
        StatusCode::UNPROCESSABLE_ENTITY,
        "This is no phone number",
        "send it with + and the country's code, such as +14155550100",
    ),
    code(
        "no_address",
        StatusCode::UNPROCESSABLE_ENTITY,
        "A contact needs an e-mail address or a phone number",
        "give at least one of the two",
    ),
    code(
        "no_phone",
        StatusCode::UNPROCESSABLE_ENTITY,
        "The contact has no phone number on file",
        "add one, or send by e-mail",
    ),
    code(
        "no_email",
        StatusCode::UNPROCESSABLE_ENTITY,
        "The contact has no e-mail address on file",
        "add one, or send by SMS",
    ),
    code(
        "country_not_allowed",
        StatusCode::UNPROCESSABLE_ENTITY,
        "Text messages to the number's country are not allowed",
        "send by e-mail, or have the operator allow the country",
    ),
    code(
        "number_costs_extra",
        StatusCode::UNPROCESSABLE_ENTITY,
        "This is a premium-rate or shared-cost number",
        "add a mobile number, or send by e-mail",
    ),
    code(
        "expires_in_too_long",
        StatusCode::UNPROCESSABLE_ENTITY,
        "The link would live too long",
        "ask for less; the message names the maximum",
    ),
    code("reason_required", StatusCode::UNPROCESSABLE_ENTITY, "A reason is required for every link", "give a reason"),
    IDEMPOTENCY_KEY_REUSED,
    RATE_LIMITED,
    INTERNAL,
    OVERLOADED,
    UNAVAILABLE,
    code("issuing_stopped", StatusCode::SERVICE_UNAVAILABLE, "Issuing links is stopped", "ask an owner to resume it"),
    code(
        "redeeming_stopped",
        StatusCode::SERVICE_UNAVAILABLE,
        "Signing in by link is stopped",
        "ask an owner to resume it",
    ),
];

/// The entry for a word.
pub(crate) fn find(word: &str) -> Option<&'static Code> {
    ALL.iter().find(|code| code.code == word)
}
