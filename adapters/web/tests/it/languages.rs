//! Pages speak their reader's language: one's own inside, the browser's at the door, the portal's else.

use axum::http::StatusCode;
use insta::assert_snapshot;
use magiclink_domain::authority::Role;
use magiclink_domain::id::ContactId;
use magiclink_domain::settings::SettingsCommand;
use magiclink_domain::time::Lifetime;
use magiclink_domain::usecases::NewContact;
use magiclink_domain::value::{EmailAddress, Locale, Name};
use magiclink_web::WebConfig;

use crate::house::{Answer, Browser, House, config};

/// A browser that asks for this language.
fn asking<'a>(house: &'a House, accepts: &str) -> Browser<'a> {
    let mut browser = house.browser();
    browser.headers.push(("accept-language".into(), accepts.into()));
    browser
}

fn language(page: &Answer) -> &str {
    let (_, rest) = page.body.split_once("<html lang=\"").unwrap();
    rest.split_once("\" dir=\"ltr\">").unwrap().0
}

/// Rosa, who may see the course and reads Spanish.
async fn rosa(house: &House) -> ContactId {
    house.ana().await;
    let new = NewContact {
        name: Name::parse("Rosa Ríos").unwrap(),
        email: Some(EmailAddress::parse("rosa@example.com").unwrap()),
        phone: None,
        locale: Some(Locale::parse("es-MX").unwrap()),
        external_id: None,
    };
    let rosa = house.use_cases().add_contact(&house.system(), new).await.unwrap().value;
    house.grant(rosa, "pricing").await;
    rosa
}

#[tokio::test]
async fn the_button_page_speaks_the_browsers_language() {
    let house = House::new().await;
    let link = house.link(house.ana().await).await;
    let german = asking(&house, "de-AT,de;q=0.9,en;q=0.5").get(&link.path).await;
    assert_eq!(language(&german), "de");
    assert_snapshot!(german.words(), @r"
    Client portal
    Anmelden
    Drücken Sie den Knopf, um sich in diesem Browser bei Client portal anzumelden.
    Anmelden
    Haben Sie das nicht erwartet? Schließen Sie diese Seite: Nichts geschieht, bevor der Knopf gedrückt wird.
    ");
    let spanish = asking(&house, "fr,es;q=0.9").get(&link.path).await;
    assert_eq!(language(&spanish), "es");
    assert_snapshot!(spanish.words(), @r"
    Client portal
    Entrar
    Pulse el botón para entrar en Client portal con este navegador.
    Entrar
    ¿No esperaba esto? Cierre esta página: no pasa nada hasta que se pulsa el botón.
    ");
}

#[tokio::test]
async fn the_button_page_does_not_tell_what_language_its_contact_reads() {
    let house = House::new().await;
    let (ana, rosa) = (house.ana().await, rosa(&house).await);
    let mut pages = vec![];
    for contact in [ana, rosa] {
        let link = house.link(contact).await;
        let page = asking(&house, "de").get(&link.path).await;
        let tag = page.tag(&link.path);
        pages.push(page.body.replace(&tag, "TAG").replace(&link.path, "ACTION"));
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn inside_ones_own_language_comes_first() {
    let house = House::with(WebConfig { time_zone: chrono_tz::Tz::America__Mexico_City, ..config() }).await;
    let rosa = rosa(&house).await;
    let mut browser = house.signed_in(&house.link(rosa).await).await;
    browser.headers.push(("accept-language".into(), "de".into()));
    let home = browser.get("/portal").await;
    assert_eq!(language(&home), "es");
    assert_snapshot!(home.words(), @r"
    Le damos la bienvenida, Rosa Ríos
    Hay un curso o grupo abierto para usted.
    Cursos
    Curso
    Pricing that works
    Abierto para usted
    ");
    let account = browser.get("/portal/account").await;
    assert_snapshot!(account.words(), @r"
    Su cuenta
    Dónde ha entrado
    Safari en iPhone este dispositivo
    Entró 1 de mayo de 2026, 06:00 CST
    Último uso 1 de mayo de 2026
    Dirección de internet 203.0.113.7
    Salir
    Cierra todas las sesiones, también esta, y anula todos los enlaces que se le enviaron.
    Salir en todas partes
    Su historial
    1 de mayo de 2026, 06:00 CST Entró con un enlace, con Safari en iPhone.
    1 de mayo de 2026, 06:00 CST Un enlace suyo se mostró al equipo, para entregárselo.
    1 de mayo de 2026, 06:00 CST Se hizo un enlace para usted.
    No fui yo
    Si en esta página hay un dispositivo o un acceso que no fue suyo, díganoslo. Al momento se cierran todas las sesiones, también esta, ningún enlace que se le envió sirve ya, y el equipo se entera. Justo después puede pedir un enlace nuevo.
    Cerrarlo todo y avisar al equipo
    ");
    assert_eq!(language(&browser.get("/portal/offerings/pricing").await), "es");
}

#[tokio::test]
async fn who_has_no_language_of_their_own_reads_the_browsers_inside_too() {
    let house = House::new().await;
    let ana = house.ana().await;
    let mut browser = house.signed_in(&house.link(ana).await).await;
    browser.headers.push(("accept-language".into(), "de".into()));
    let home = browser.get("/portal").await;
    assert_eq!(language(&home), "de");
    assert!(home.words().starts_with("Willkommen, Ana Good\nEin Kurs oder eine Gruppe ist für Sie offen."));
}

#[tokio::test]
async fn without_a_wish_pages_speak_the_portals_language() {
    let german = House::with(WebConfig { locale: "de-CH".to_owned(), ..config() }).await;
    assert_eq!(language(&german.browser().get("/portal/sign-in").await), "de");
    assert_eq!(language(&asking(&german, "fr").get("/portal/sign-in").await), "de");
    assert_eq!(language(&asking(&german, "en").get("/portal/sign-in").await), "en");
    let french = House::with(WebConfig { locale: "fr".to_owned(), ..config() }).await;
    assert_eq!(language(&french.browser().get("/portal/sign-in").await), "en", "which nobody has to guess");
}

#[tokio::test]
async fn every_page_of_a_link_that_fails_is_in_the_readers_language() {
    let house = House::new().await;
    let ana = house.ana().await;
    let (used, revoked, expired) = (house.link(ana).await, house.link(ana).await, house.link(ana).await);
    house.signed_in(&used).await;
    house.use_cases().revoke_link(&house.system(), revoked.id, None).await.unwrap();
    house.advance(Lifetime::DAY);
    let stopped = house.link(ana).await;
    house.use_cases().switch(&house.system(), SettingsCommand::StopRedeeming).await.unwrap();
    for (path, status, german, spanish) in [
        (&used.path, StatusCode::GONE, "Dieser Link wurde schon benutzt", "Este enlace ya se usó"),
        (&revoked.path, StatusCode::GONE, "Dieser Link wurde abgeschaltet", "Este enlace se desactivó"),
        (&expired.path, StatusCode::GONE, "Dieser Link ist abgelaufen", "Este enlace ha caducado"),
        (&stopped.path, StatusCode::SERVICE_UNAVAILABLE, "Anmelden ist gerade angehalten", "El acceso está en pausa"),
        (&"/m/nonsense".to_owned(), StatusCode::NOT_FOUND, "Dieser Link geht nicht", "Este enlace no funciona"),
        (&"/portal/nonsense".to_owned(), StatusCode::NOT_FOUND, "Hier ist nichts", "Aquí no hay nada"),
    ] {
        for (accepts, title) in [("de", german), ("es", spanish)] {
            let page = asking(&house, accepts).get(path).await;
            assert_eq!((page.status, language(&page)), (status, accepts), "{path}");
            assert!(page.body.contains(&format!("<h1>{title}</h1>")), "{path}: {}", page.words());
        }
    }
}

#[tokio::test]
async fn what_is_said_of_a_wrong_code_or_an_empty_field_is_in_the_readers_language() {
    let house = House::new().await;
    let mut browser = asking(&house, "de");
    let page = browser.get("/portal/code").await;
    let wrong = browser.submit(&page, "/portal/code", &[("address", "ana@example.com"), ("code", "0000-0000")]).await;
    assert!(wrong.words().contains("Das hat nicht geklappt. Prüfen Sie beide Felder."), "{}", wrong.words());
    let page = browser.get("/portal/sign-in").await;
    let empty = browser.submit(&page, "/portal/sign-in", &[("address", " ")]).await;
    assert!(empty.words().contains("Geben Sie Ihre E-Mail-Adresse oder Telefonnummer ein."), "{}", empty.words());
    let sent = browser.submit(&page, "/portal/sign-in", &[("address", "ana@example.com")]).await;
    assert!(sent.words().contains("beide gelten 15 Minuten."), "{}", sent.words());
    let again = browser.get("/portal/sign-in?notice=signed-out").await;
    assert!(again.words().contains("Sie sind abgemeldet."), "{}", again.words());
    let foreign = browser.post("/portal/sign-in", &[("address", "ana@example.com")]).await;
    assert!(foreign.words().contains("Bitte noch einmal versuchen"), "{}", foreign.words());
}

#[tokio::test]
async fn what_is_paused_is_said_in_the_readers_language() {
    let house = House::new().await;
    house.use_cases().switch(&house.system(), SettingsCommand::StopIssuing).await.unwrap();
    let mut german = asking(&house, "de");
    let page = german.get("/portal/sign-in").await;
    assert!(page.words().contains("Anmelden per Nachricht ist gerade angehalten."), "{}", page.words());
    let said = german.submit(&page, "/portal/sign-in", &[("address", "ana@example.com")]).await;
    assert!(said.words().contains("es ist also keine Nachricht unterwegs"), "{}", said.words());
    house.use_cases().switch(&house.system(), SettingsCommand::StopRedeeming).await.unwrap();
    let spanish = asking(&house, "es").get("/portal/code").await;
    assert!(spanish.words().contains("El acceso está en pausa. Su enlace"), "{}", spanish.words());
    let english = asking(&house, "de").get("/console/sign-in").await;
    assert!(english.words().contains("Staff can still sign in."), "{}", english.words());
}

#[tokio::test]
async fn the_console_is_in_english_whatever_the_browser_asks_for() {
    let house = House::with(WebConfig { locale: "de".to_owned(), ..config() }).await;
    let sam = house.staff(Role::Agent, "Sam Staff", "sam@example.com").await;
    let link = house.staff_link(sam).await;
    let mut browser = asking(&house, "de");
    for path in ["/console/sign-in", "/console/code", "/console/m/nonsense", "/console/nonsense", &link.path] {
        let page = browser.get(path).await;
        assert_eq!(language(&page), "en", "{path}");
    }
}

#[tokio::test]
async fn too_many_requests_are_told_how_long_to_wait() {
    let limits = magiclink_web::LimitsConfig { ip: 1, ip_sign_in: 0, token_requests: 0 };
    let house = House::with(WebConfig { limits, ..config() }).await;
    let mut browser = asking(&house, "de");
    browser.get("/portal/sign-in").await;
    let refused = browser.get("/portal/sign-in").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds = refused.header("retry-after");
    assert!(refused.words().contains(&format!("Warten Sie {seconds} Sekunden")), "{}", refused.words());
}
