//! The arrows between crates, read from the manifests: who may see whom, and what nobody below the root may see.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Our own crates that each may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("magiclink-domain", &[]),
    ("magiclink-projections", &["magiclink-domain"]),
    ("magiclink-store", &["magiclink-domain"]),
    ("magiclink-delivery", &["magiclink-domain"]),
    ("magiclink-web", &["magiclink-domain", "magiclink-projections"]),
    ("magiclink-bots", &["magiclink-domain", "magiclink-projections"]),
    (
        "magiclink",
        &[
            "magiclink-bots",
            "magiclink-delivery",
            "magiclink-domain",
            "magiclink-projections",
            "magiclink-store",
            "magiclink-web",
        ],
    ),
];

/// All that the domain may depend on: deterministic, without I/O, clock or randomness.
const DOMAIN: &[&str] = &[
    "aes-gcm",
    "async-trait",
    "chrono",
    "chrono-tz",
    "csv",
    "data-encoding",
    "email_address",
    "hmac",
    "lru",
    "phonenumber",
    "serde",
    "serde_json",
    "sha2",
    "strsim",
    "subtle",
    "thiserror",
    "unicode-normalization",
    "uuid",
    "zeroize",
];

/// What a crate must never see, beyond the arrows.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("magiclink-projections", &["axum", "hyper", "rand", "anyhow"]),
    ("magiclink-store", &["axum", "hyper", "anyhow"]),
    // axum: the sandbox answers as a vendor does.
    ("magiclink-delivery", &["sqlx", "anyhow"]),
    ("magiclink-web", &["sqlx", "anyhow"]),
    ("magiclink-bots", &["sqlx", "anyhow"]),
];

/// Crate → its normal dependencies, dev ones left out.
fn manifests() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let normal = package["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"] != "dev");
            let names = normal.map(|d| d["name"].as_str().unwrap().to_owned()).collect();
            (package["name"].as_str().unwrap().to_owned(), names)
        })
        .collect()
}

#[test]
fn every_crate_sees_only_what_the_house_allows() {
    let manifests = manifests();
    let known: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(manifests.keys().map(String::as_str).collect::<BTreeSet<_>>(), known, "a crate without a room");
    for (name, allowed) in ARROWS {
        let ours = manifests[*name].iter().filter(|dependency| known.contains(dependency.as_str()));
        let beyond: Vec<_> = ours.filter(|dependency| !allowed.contains(&dependency.as_str())).collect();
        assert!(beyond.is_empty(), "{name} must not see {beyond:?}");
    }
    for (name, forbidden) in FORBIDDEN {
        let seen: Vec<_> = manifests[*name].iter().filter(|d| forbidden.contains(&d.as_str())).collect();
        assert!(seen.is_empty(), "{name} must never see {seen:?}");
    }
}

#[test]
fn the_domain_depends_on_pure_crates_alone() {
    let beyond: Vec<_> =
        manifests().remove("magiclink-domain").unwrap().into_iter().filter(|d| !DOMAIN.contains(&d.as_str())).collect();
    assert!(beyond.is_empty(), "the domain must not see {beyond:?}");
}
