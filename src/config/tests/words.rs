//! What an operator reads: what is in force, and what is wrong.

use super::*;

#[test]
fn defaults_are_shown_as_they_are_in_force() {
    let shown = show(&Config::default(), Path::new("data"));
    for (section, key, value) in [
        ("slack", "api_base", "https://slack.com/api"),
        ("discord", "api_base", "https://discord.com"),
        ("twilio", "api_base", "https://api.twilio.com"),
        ("portal", "accent", "#3355cc"),
    ] {
        assert_eq!(shown[section][key], value, "{section}.{key}");
    }
    assert!(["pretty", "json"].contains(&shown["log"]["format"].as_str().unwrap()));
    let set = file("[log]\nformat = 'pretty'\n[slack]\napi_base = 'http://127.0.0.1:1/api'").unwrap();
    let shown = show(&set, Path::new("data"));
    assert_eq!(
        (shown["log"]["format"].as_str(), shown["slack"]["api_base"].as_str()),
        (Some("pretty"), Some("http://127.0.0.1:1/api"))
    );
}

#[test]
fn mail_and_pages_have_the_same_accent_where_none_is_set() {
    let accent = magiclink_delivery::smtp::Accent::default().to_string();
    let pages = include_str!("../../../adapters/web/assets/design/tokens.css");
    assert!(pages.contains(&format!("--accent: {accent};")), "{accent}");
}

#[test]
fn a_value_that_can_not_be_used_is_named_with_its_line_and_a_right_one() {
    for (text, line, right) in [
        ("[limits]\n\nip = 'many'", 3, "such as 120"),
        ("[limits]\nip = -1", 2, "such as 120"),
        ("[limits]\nip = 1.5", 2, "a number with a point"),
        ("[portal]\nname = 'x'\ntime_zone = 'Mars/Olympus'", 3, "such as Europe/Berlin"),
        ("[portal]\nname = ['x']", 2, "one text"),
        ("[portal]\nlocale = 'english'", 2, "such as"),
        ("# comment\n[server]\nlisten = 'nowhere'", 3, "such as 127.0.0.1:8080"),
        ("[server]\nbase_url = 'portal'", 2, "such as https://portal.example.com"),
        ("server.base_url = 'portal'", 1, "such as https://portal.example.com"),
        ("[server]\ntrusted_proxies = ['10.0.0.0/8',\n 'x']", 2, "such as 10.0.0.0/8"),
        ("[links]\nrequire_reason = 'perhaps'", 2, "neither true nor false"),
        ("[links]\nreveal = 'maybe'", 2, "always, owner or never"),
        ("[log]\nlevel = 'loud'", 2, "info"),
        ("[log]\notlp = 'collector'", 2, "such as https://"),
        ("[slack]\napi_base = 'slack'", 2, "such as https://"),
        ("[twilio]\ndaily_cap = 'all'", 2, "such as 120"),
        ("[twilio]\nlook_up_after = '1w'", 2, "such as 15m"),
    ] {
        let said = file(text).unwrap_err();
        assert!(said.contains(&format!("magiclink.toml, line {line}): ")) && said.contains(right), "{text}: {said}");
        assert!(!said.contains("invalid digit") && !said.contains("failed to"), "{said}");
    }
    let said = file("[server]\n[links]\nmax_lifetme = '1h'").unwrap_err();
    assert!(said.contains("magiclink.toml, line 3): did you mean links.max_lifetime?"), "{said}");
    let said = loaded("", &[("MAGICLINK__LIMITS__IP", "many")], &Flags::default()).unwrap_err();
    assert_eq!(said, "configuration key limits.ip (in the environment): \"many\" is not a whole number such as 120");
}

#[test]
fn a_file_that_is_not_toml_is_named_with_the_line_and_without_its_words() {
    for (text, line) in [
        ("hunter2", 1),
        ("[server]\nlisten: '127.0.0.1:1' # hunter2", 2),
        ("[slack]\n\nbot_token = hunter2", 3),
        ("[slack]\nbot_token = 'hunter2", 2),
        ("[slack]\nteam_id = 'T1'\nteam_id = 'hunter2'", 3),
    ] {
        let said = file(text).unwrap_err();
        assert!(
            said.contains("magiclink.toml is not TOML") && said.contains(&format!("line {line} ")),
            "{text}: {said}"
        );
        assert!(said.contains("such as [server]") && !said.contains("hunter2") && said.lines().count() == 1, "{said}");
    }
}
