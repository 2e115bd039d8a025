//! The browsers that apps have inside them: recognised, and helped out of.
//!
//! Apart from the page because it is a guess, and because help is all that follows from it: such a browser signs in like any
//! other. Whoever signs in there is signed in nowhere else, which most people learn too late.

/// An app that shows pages by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InApp {
    /// What the app is called, where it says so.
    pub(super) name: Option<&'static str>,
    system: System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Ios,
    Android,
}

/// Apps by what only they say; what belongs to several comes last. Slack and Gmail show pages in the system's own browser,
/// which needs no help, or say no name.
const APPS: &[(&str, &str)] = &[
    ("Instagram", "Instagram"),
    ("FBAN/Messenger", "Messenger"),
    ("MessengerForiOS", "Messenger"),
    ("MessengerLite", "Messenger"),
    ("Orca-Android", "Messenger"),
    ("FBAN", "Facebook"),
    ("FBAV", "Facebook"),
    ("FB_IAB", "Facebook"),
    ("LinkedInApp", "LinkedIn"),
    ("musical_ly", "TikTok"),
    ("BytedanceWebview", "TikTok"),
    ("trill_", "TikTok"),
    ("TikTok", "TikTok"),
    (" Line/", LINE),
    ("MicroMessenger", "WeChat"),
    ("Snapchat", "Snapchat"),
    ("[Pinterest/", "Pinterest"),
    ("Twitter for iPhone", "X"),
    ("TwitterAndroid", "X"),
    ("Slack/", "Slack"),
    ("GSA/", "Google"),
    ("Gmail", "Gmail"),
    ("Telegram", "Telegram"),
];

const LINE: &str = "Line";

/// Browsers that people chose: they say their own name where an app would say none.
const BROWSERS: &[&str] = &["Safari/", "CriOS/", "FxiOS/", "EdgiOS/", "OPiOS/", "OPT/", "DuckDuckGo/", "Focus/"];

/// The app in whose browser a page is being looked at; none in a browser of its own.
pub(super) fn in_app(user_agent: &str) -> Option<InApp> {
    let has = |token: &str| user_agent.contains(token);
    let system = if has("iPhone") || has("iPad") || has("iPod") {
        System::Ios
    } else if has("Android") {
        System::Android
    } else {
        return None;
    };
    let name = APPS.iter().find(|(token, _)| has(token)).map(|(_, name)| *name);
    let nameless = match system {
        System::Ios => has("AppleWebKit/") && !BROWSERS.iter().any(|token| has(token)),
        System::Android => has("; wv)"),
    };
    (name.is_some() || nameless).then_some(InApp { name, system })
}

impl InApp {
    /// The address that opens `url` in the browser that people have chosen, untouched.
    pub(super) fn way_out(self, url: &str) -> String {
        match (self.name, self.system) {
            (Some(LINE), _) => format!("{url}?openExternalBrowser=1"),
            (_, System::Ios) => format!("x-safari-{url}"),
            (_, System::Android) => match url.split_once("://") {
                Some((scheme, rest)) => format!("intent://{rest}#Intent;scheme={scheme};end"),
                None => url.to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IOS: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
    const WEBVIEW: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.0.0 Mobile Safari/537.36";
    const NAMELESS: &str = "an app that says no name";
    const URL: &str = "https://portal.example.com/m/AbC-_";

    fn name(agent: &str) -> Option<&'static str> {
        in_app(agent).map(|app| app.name.unwrap_or(NAMELESS))
    }

    #[test]
    fn apps_are_known_by_what_they_say() {
        for (agent, app) in [
            (format!("{IOS} Mobile/15E148 Instagram 330.0.0.36.71 (iPhone14,5; iOS 17_4)"), "Instagram"),
            (format!("{IOS} Mobile/15E148 [FBAN/FBIOS;FBAV/460.0.0.36.106;FBDV/iPhone14,5]"), "Facebook"),
            (format!("{IOS} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/450.0]"), "Messenger"),
            (format!("{WEBVIEW} [FB_IAB/FB4A;FBAV/460.0.0.47.109;]"), "Facebook"),
            (format!("{WEBVIEW} [FB_IAB/Orca-Android;FBAV/450.0;]"), "Messenger"),
            (format!("{WEBVIEW} Instagram 330.0.0.40.92 Android"), "Instagram"),
            (format!("{IOS} Mobile/15E148 [LinkedInApp]/9.29.7165"), "LinkedIn"),
            (format!("{IOS} Mobile/15E148 musical_ly_34.1.0 BytedanceWebview/d8a21c6"), "TikTok"),
            (format!("{IOS} Mobile/15E148 Safari Line/14.4.0"), "Line"),
            (format!("{WEBVIEW} Line/14.4.0/IAB"), "Line"),
            (format!("{IOS} Mobile/15E148 MicroMessenger/8.0.47"), "WeChat"),
            (format!("{IOS} Version/17.4 Mobile/15E148 Snapchat/12.80"), "Snapchat"),
            (format!("{IOS} Mobile/15E148 Twitter for iPhone/10.34"), "X"),
            (format!("{IOS} GSA/310.0.6 Mobile/15E148 Safari/604.1"), "Google"),
            (format!("{IOS} Mobile/15E148 Slack/24.03"), "Slack"),
        ] {
            assert_eq!(name(&agent), Some(app), "{agent}");
        }
    }

    #[test]
    fn an_app_that_says_no_name_is_recognised_by_what_it_lacks() {
        assert_eq!(name(&format!("{IOS} Mobile/15E148")), Some(NAMELESS));
        assert_eq!(name(WEBVIEW), Some(NAMELESS));
    }

    #[test]
    fn browsers_of_their_own_need_no_help() {
        for agent in [
            format!("{IOS} Version/17.4 Mobile/15E148 Safari/604.1"),
            format!("{IOS} CriOS/124.0 Mobile/15E148 Safari/604.1"),
            format!("{IOS} FxiOS/125.0 Mobile/15E148 Safari/605.1.15"),
            WEBVIEW.replace("; wv", "").replace("Version/4.0 ", ""),
            "Mozilla/5.0 (Android 14; Mobile; rv:125.0) Gecko/125.0 Firefox/125.0".to_owned(),
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36".to_owned(),
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Slack_SSB/4.37.94 Slack/4.37.94".to_owned(),
            "Mozilla/5.0 (compatible; Pinterestbot/1.0; +http://www.pinterest.com/bot.html)".to_owned(),
            "facebookexternalhit/1.1".to_owned(),
            String::new(),
        ] {
            assert_eq!(in_app(&agent), None, "{agent}");
        }
    }

    #[test]
    fn the_way_out_keeps_the_link_as_it_is() {
        let way = |agent: &str| in_app(agent).unwrap().way_out(URL);
        assert_eq!(way(&format!("{IOS} Instagram 330")), "x-safari-https://portal.example.com/m/AbC-_");
        assert_eq!(way(WEBVIEW), "intent://portal.example.com/m/AbC-_#Intent;scheme=https;end");
        assert_eq!(way(&format!("{IOS} Line/14")), format!("{URL}?openExternalBrowser=1"));
    }
}
