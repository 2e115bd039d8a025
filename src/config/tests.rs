mod words;

use figment::Jail;

use super::*;

/// What a configuration file with this content, this environment and these flags come to.
#[expect(clippy::result_large_err, reason = "the error is figment's own")]
fn loaded(file: &str, environment: &[(&str, &str)], flags: &Flags) -> Result<Config, String> {
    let mut outcome = Err("not run".to_owned());
    Jail::expect_with(|jail| {
        jail.clear_env();
        jail.create_file(FILE, file)?;
        for (name, value) in environment {
            jail.set_env(name, value);
        }
        outcome = Config::load(flags).map_err(|error| error.to_string());
        Ok(())
    });
    outcome
}

fn file(text: &str) -> Result<Config, String> {
    loaded(text, &[], &Flags::default())
}

#[test]
fn flags_go_before_the_environment_before_the_file() {
    let text = "[server]\nlisten = '127.0.0.1:1'\nbase_url = 'https://file.example'\n[links]\ndefault_lifetime = '2h'";
    let flags = Flags { listen: Some("127.0.0.1:3".into()), ..Flags::default() };
    let environment =
        [("MAGICLINK__SERVER__LISTEN", "127.0.0.1:2"), ("MAGICLINK__SERVER__BASE_URL", "https://env.example/")];
    let config = loaded(text, &environment, &flags).unwrap();
    assert_eq!(config.server.listen.port(), 3);
    assert_eq!(config.base_url(8080).as_str(), "https://env.example");
    assert_eq!(config.links.default_lifetime().to_string(), "2h");
}

#[test]
fn an_unknown_key_is_refused_and_the_nearest_named() {
    let refused = file("[links]\ndefault_lifetimes = '2h'").unwrap_err();
    assert!(
        refused.contains("links.default_lifetimes") && refused.contains("did you mean links.default_lifetime?"),
        "{refused}"
    );
    let refused = loaded("", &[("MAGICLINK__LIMIT__IP", "5")], &Flags::default()).unwrap_err();
    assert!(refused.contains("limit.ip (in the environment): did you mean limits.ip?"), "{refused}");
    for text in ["[twilio]\nform = '+1'", "[nonsense]", "listen = 'x'", "server = 3"] {
        assert!(file(text).unwrap_err().contains("did you mean"), "{text}");
    }
}

#[test]
fn stores_of_later_versions_are_refused_with_a_sentence() {
    for url in ["postgres://localhost/x", "kurrentdb://localhost:2113"] {
        let refused = file(&format!("[store]\nevents = '{url}'")).unwrap_err();
        assert!(refused.contains("store.events") && refused.contains("not supported by this version"), "{refused}");
    }
}

#[test]
fn values_that_can_not_be_used_name_their_key() {
    for (text, key) in [
        ("[server]\nlisten = 'nowhere'", "server.listen"),
        ("[server]\nbase_url = 'https://x.example/path'", "server.base_url"),
        ("[server]\ntrusted_proxies = ['10.0.0.0/99']", "server.trusted_proxies"),
        ("[links]\nmax_lifetime = '5w'", "links.max_lifetime"),
        ("[links]\nreveal = 'maybe'", "links.reveal"),
        ("[limits]\nip = -1", "limits.ip"),
        ("[limits]\ncode_attempts = ['10/x']", "limits.code_attempts"),
        ("[portal]\ntime_zone = 'Mars/Olympus'", "portal.time_zone"),
        ("[portal]\nlocale = 'english'", "portal.locale"),
        ("[log]\nformat = 'xml'", "log.format"),
    ] {
        let refused = file(text).unwrap_err();
        assert!(refused.contains(key), "{text}: {refused}");
    }
}

#[test]
fn no_link_outlives_what_is_allowed() {
    for (keys, refused) in [
        ("max_lifetime = '30d'\ndefault_lifetime = '30d'", None),
        ("max_lifetime = '12h'\ndefault_lifetime = '12h'", None),
        ("max_lifetime = '12h'", None),
        ("max_lifetime = '2592001s'", Some("links.max_lifetime: 2592001s is too long")),
        ("max_lifetime = '60d'", Some("set at most \"30d\"")),
        ("default_lifetime = '40d'", Some("links.default_lifetime: 40d is longer than links.max_lifetime")),
        ("max_lifetime = '12h'\ndefault_lifetime = '43201s'", Some("set at most \"12h\"")),
    ] {
        let said = file(&format!("[links]\n{keys}")).err();
        assert_eq!(said.is_some(), refused.is_some(), "{keys}: {said:?}");
        assert!(refused.is_none_or(|words| said.as_ref().unwrap().contains(words)), "{keys}: {said:?}");
    }
}

#[test]
fn links_work_for_a_day_or_for_as_long_as_they_may() {
    for (most, usual) in [("12h", "12h"), ("1d", "1d"), ("2d", "1d")] {
        let config = file(&format!("[links]\nmax_lifetime = '{most}'")).unwrap();
        assert_eq!(config.links.default_lifetime(), usual.parse().unwrap(), "{most}");
    }
}

#[test]
fn nobody_who_is_active_is_signed_out_by_an_idle_limit() {
    for key in ["contact_idle", "staff_idle"] {
        let idle = |limit: &str| file(&format!("[sessions]\n{key} = '{limit}'"));
        assert!(idle("10m").is_ok());
        for short in ["5s", "5m", "599s"] {
            let said = idle(short).unwrap_err();
            assert!(said.contains(&format!("sessions.{key}: {short}")) && said.contains("at least \"10m\""), "{said}");
        }
    }
}

#[test]
fn numbers_and_lists_may_come_from_the_environment() {
    let environment = [
        ("MAGICLINK__PORTAL__NAME", "1984"),
        ("MAGICLINK__LIMITS__IP", "100000000"),
        ("MAGICLINK__LIMITS__CODE_ATTEMPTS", "3/h, 9/d"),
        ("MAGICLINK__SERVER__TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.1"),
        ("MAGICLINK__LINKS__REQUIRE_REASON", "true"),
    ];
    let config = loaded("", &environment, &Flags::default()).unwrap();
    assert_eq!(config.portal.name, "1984");
    assert_eq!(config.limits.ip, 100_000_000);
    assert_eq!(config.limits.code_attempts.len(), 2);
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert!(config.links.require_reason);
}

#[test]
fn a_named_file_must_be_there() {
    let flags = Flags { file: Some("missing.toml".into()), ..Flags::default() };
    assert!(loaded("", &[], &flags).unwrap_err().contains("missing.toml"));
}

#[test]
fn a_mail_server_and_the_address_mail_comes_from_go_together() {
    let smtp = |keys: &str| file(&format!("[smtp]\n{keys}"));
    assert!(smtp("url = 'smtps://u:p@mail.example.com'\nfrom = 'links@example.com'").unwrap().smtp.is_set());
    assert!(!smtp("").unwrap().smtp.is_set());
    for (keys, refused) in [
        ("url = 'smtps://mail.example.com'", "smtp.from: missing"),
        ("url_file = 'url'", "smtp.from: missing"),
        ("from = 'links@example.com'", "smtp.url: missing"),
        ("ca_file = 'ca.pem'", "smtp.url: missing"),
        ("url = 'smtp://localhost'\nurl_file = 'url'\nfrom = 'a@example.com'", "smtp.url_file is set too"),
        ("url = 'smtp://u:secret@mail.example.com'\nfrom = 'a@example.com'", "without encryption"),
        ("url = 'https://u:secret@mail.example.com'\nfrom = 'a@example.com'", "not a mail server's address"),
        ("url = 'smtps://mail.example.com'\nfrom = 'a@example.com, b@example.com'", "not one e-mail address"),
        ("url = 'smtps://mail.example.com'\nfrom = 'a@example.com'\nreply_to = 'nobody'", "smtp.reply_to"),
    ] {
        let sentence = smtp(keys).unwrap_err();
        assert!(sentence.contains(refused) && !sentence.contains("secret"), "{keys}: {sentence}");
    }
}

#[test]
fn the_mail_servers_address_may_lie_in_a_file_and_what_can_not_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let server = |url: &str, more: &str| {
        std::fs::write(path("url"), url).unwrap();
        let text = format!("[smtp]\nurl_file = '{}'\nfrom = 'links@example.com'\n{more}", path("url"));
        file(&text)
            .unwrap()
            .smtp
            .server()
            .map(|server| server.unwrap().on_this_machine)
            .map_err(|error| error.to_string())
    };
    assert_eq!(server("smtps://u:secret@mail.example.com\n", ""), Ok(false));
    assert_eq!(server("smtp://localhost", ""), Ok(true));
    let refused = server("smtp://u:secret@mail.example.com", "").unwrap_err();
    assert!(refused.contains("smtp.url_file") && !refused.contains("secret"), "{refused}");
    std::fs::write(path("ca"), "nothing").unwrap();
    for (name, words) in [("ca", "no certificate in it"), ("missing", "can't be read")] {
        let refused = server("smtps://mail.example.com", &format!("ca_file = '{}'", path(name))).unwrap_err();
        assert!(refused.contains("smtp.ca_file") && refused.contains(words), "{refused}");
    }
}

#[test]
fn a_secret_is_not_shown() {
    let config = file("[smtp]\nurl = 'smtps://ana:hunter2@mail.example.com'\nfrom = 'P <links@example.com>'").unwrap();
    let shown = serde_json::to_string(&show(&config, Path::new("data"))).unwrap();
    assert!(shown.contains("smtps://***@mail.example.com:465") && shown.contains("P <links@example.com>"), "{shown}");
    assert!(!shown.contains("hunter2") && !format!("{config:?}").contains("hunter2"));
}

#[test]
fn the_accent_is_a_colour() {
    assert!(file("[portal]\naccent = 'red; background: url(x)'").unwrap_err().contains("portal.accent"));
    assert_eq!(file("[portal]\naccent = '#18f'").unwrap().portal.accent.unwrap().to_string(), "#1188ff");
}

/// The least that sends text messages, with more or other keys.
fn twilio(keys: &str) -> Result<Config, String> {
    let [sid, token] = [format!("AC{:032x}", 1), format!("{:032x}", 0xabc)];
    let least = format!("[twilio]\naccount_sid = '{sid}'\nauth_token = '{token}'\n");
    file(&format!("{least}{keys}"))
}

const FROM: &str = "from = '+14155550100'\n";

#[test]
fn text_messages_go_to_the_country_they_come_from_unless_others_are_named() {
    let countries = |keys: &str| {
        twilio(keys).unwrap().twilio.allowed_countries().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(countries(FROM), ["US"]);
    assert_eq!(countries("from = '+447400123456'"), ["GB"]);
    assert_eq!(countries(&format!("{FROM}countries = ['us', 'CA']")), ["US", "CA"]);
    assert_eq!(countries(&format!("{FROM}countries = 'US, MX'")), ["US", "MX"]);
    let service = format!("messaging_service_sid = 'MG{:032x}'\n", 1);
    assert_eq!(countries(&format!("{service}countries = ['DE']")), ["DE"]);
    for no_country in [service.as_str(), "from = 'Portal'", "from = '12345'", &format!("{FROM}countries = []")] {
        assert!(twilio(no_country).unwrap_err().contains("twilio.countries: missing"), "{no_country}");
    }
    assert!(twilio(&format!("{FROM}countries = ['XX']")).unwrap_err().contains("not a country code"));
}

#[test]
fn twilios_keys_go_together() {
    assert!(twilio(FROM).unwrap().twilio.is_set());
    assert!(!file("").unwrap().twilio.is_set());
    let key = format!("api_key_sid = 'SK{:032x}'\n", 1);
    for (keys, refused) in [
        (String::new(), "twilio.from: missing"),
        (format!("{FROM}messaging_service_sid = 'MG{:032x}'", 1), "twilio.messaging_service_sid is set too"),
        (format!("{FROM}auth_token_file = 'x'"), "twilio.auth_token_file is set too"),
        (format!("{FROM}{key}"), "twilio.api_key_sid: an API key has an SID and a secret"),
        (
            format!("{FROM}keyword = 'Stop'"),
            "twilio.keyword (in magiclink.toml, line 5): STOP is a word that phone companies",
        ),
        (format!("{FROM}keyword = 'log in'"), "twilio.keyword (in magiclink.toml, line 5): a keyword is one word"),
        (format!("{FROM}api_base = 'http://api.twilio.com'"), "twilio.api_base"),
        (format!("{FROM}daily_cap = 'many'"), "twilio.daily_cap"),
        ("from = '+1'".to_owned(), "twilio.from"),
    ] {
        let sentence = twilio(&keys).unwrap_err();
        // The sentence names the key and, where the file did, its place.
        let sentence = sentence.replace(&format!("{}/", sentence_folder(&sentence)), "");
        assert!(sentence.contains(refused), "{keys}: {sentence}");
    }
    let sid = format!("account_sid = 'AC{:032x}'\n", 1);
    for (keys, refused) in [
        (FROM.to_owned(), "twilio.account_sid: missing"),
        (format!("{sid}{FROM}"), "twilio.auth_token: missing"),
        (format!("{sid}{FROM}{key}api_key_secret_file = 'x'\nauth_token_previous_file = 'y'"), "no present one"),
        (format!("account_sid = 'AC1'\n{FROM}"), "not an account SID"),
        (format!("{sid}{FROM}auth_token = 'hunter2'"), "not an auth token"),
    ] {
        let sentence = file(&format!("[twilio]\n{keys}")).unwrap_err();
        assert!(sentence.contains(refused) && !sentence.contains("hunter2"), "{keys}: {sentence}");
    }
}

/// The folder of the file that a sentence names.
fn sentence_folder(sentence: &str) -> &str {
    let place = sentence.split_once("(in ").map_or("", |(_, rest)| rest);
    place.split_once("/magiclink.toml").map_or("nowhere", |(folder, _)| folder)
}

#[test]
fn a_sender_from_the_environment_keeps_its_plus() {
    let environment = [
        ("MAGICLINK__TWILIO__ACCOUNT_SID", format!("AC{:032x}", 1)),
        ("MAGICLINK__TWILIO__AUTH_TOKEN", format!("{:032x}", 0xabc)),
        ("MAGICLINK__TWILIO__FROM", "+14155550100".to_owned()),
        ("MAGICLINK__TWILIO__COUNTRIES", "US,CA".to_owned()),
    ];
    let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let config = loaded("", &environment, &Flags::default()).unwrap();
    assert_eq!(config.twilio.from.unwrap().0.as_str(), "+14155550100");
    assert_eq!(config.twilio.countries.unwrap().len(), 2);
}

#[test]
fn twilios_secrets_may_lie_in_files_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("token"), format!("{:032x}\n", 0x1234)).unwrap();
    std::fs::write(path("short"), "hunter2").unwrap();
    let account = |keys: &str| {
        let config = twilio(&format!("{FROM}{keys}")).unwrap();
        config.twilio.account("https://portal.example.com").map_err(|error| error.to_string())
    };
    let rotating = account(&format!("auth_token_previous_file = '{}'", path("token"))).unwrap().unwrap();
    assert_eq!(rotating.config.auth_tokens.len(), 2);
    assert_eq!(rotating.config.auth_tokens[1], format!("{:032x}", 0x1234).parse().unwrap());
    assert!(rotating.webhook_key.is_none());
    for (name, words) in [("short", "not an auth token"), ("missing", "can't be read")] {
        let Err(refused) = account(&format!("webhook_key_file = '{}'", path(name))) else { panic!("{name}") };
        assert!(refused.contains("twilio.webhook_key_file") && refused.contains(words), "{refused}");
        assert!(!refused.contains("hunter2"), "{refused}");
    }
    let config = twilio(&format!("{FROM}auth_token_previous = '{:032x}'", 0xdef)).unwrap();
    let shown = serde_json::to_string(&show(&config, Path::new("data"))).unwrap();
    assert!(shown.contains(r#""auth_token":"***""#) && shown.contains(r#""countries":["US"]"#), "{shown}");
    for secret in [format!("{:032x}", 0xabc), format!("{:032x}", 0xdef)] {
        assert!(!shown.contains(&secret) && !format!("{config:?}").contains(&secret));
    }
}
