//! The contract of [`Vault`].

use std::collections::HashSet;
use std::sync::Arc;

use magiclink_domain::id::SubjectId;
use magiclink_domain::personal::SubjectKey;
use uuid::Uuid;

use crate::places::Place;

fn subject(number: u128) -> SubjectId {
    SubjectId::from_uuid(Uuid::from_u128(number))
}

fn same(a: Option<&SubjectKey>, b: Option<&SubjectKey>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.subject() == b.subject() && a.expose() == b.expose())
}

pub(crate) async fn the_same_subject_gets_the_same_key(place: &impl Place) {
    let vault = place.vault().await;
    let first = vault.create(subject(1)).await.unwrap();
    let again = vault.create(subject(1)).await.unwrap();
    assert!(same(first.as_ref(), again.as_ref()));
    let found = vault.keys(&[subject(1)]).await.unwrap();
    assert!(same(first.as_ref(), found.get(subject(1))));
}

pub(crate) async fn different_subjects_get_different_keys(place: &impl Place) {
    let vault = place.vault().await;
    let mut seen = HashSet::new();
    for number in 0..20 {
        let key = vault.create(subject(number)).await.unwrap().unwrap();
        assert_eq!(key.subject(), subject(number));
        assert!(seen.insert(*key.expose()));
    }
}

pub(crate) async fn keys_are_found_for_those_who_have_one(place: &impl Place) {
    let vault = place.vault().await;
    let first = vault.create(subject(1)).await.unwrap();
    vault.create(subject(2)).await.unwrap();
    let found = vault.keys(&[subject(3), subject(1), subject(1)]).await.unwrap();
    assert!(same(found.get(subject(1)), first.as_ref()));
    assert!(!found.contains(subject(2)) && !found.contains(subject(3)));
    let none = vault.keys(&[]).await.unwrap();
    assert!(!none.contains(subject(1)));
}

pub(crate) async fn a_destroyed_key_is_gone_for_ever(place: &impl Place) {
    let vault = place.vault().await;
    vault.create(subject(1)).await.unwrap();
    vault.create(subject(2)).await.unwrap();
    vault.destroy(subject(1)).await.unwrap();
    for vault in [Some(vault), place.vault_again().await].into_iter().flatten() {
        assert!(vault.create(subject(1)).await.unwrap().is_none());
        let found = vault.keys(&[subject(1), subject(2)]).await.unwrap();
        assert!(!found.contains(subject(1)) && found.contains(subject(2)));
        assert!(vault.create(subject(2)).await.unwrap().is_some(), "the neighbour keeps its key");
    }
}

pub(crate) async fn destroying_again_is_harmless(place: &impl Place) {
    let vault = place.vault().await;
    vault.create(subject(1)).await.unwrap();
    vault.destroy(subject(1)).await.unwrap();
    vault.destroy(subject(1)).await.unwrap();
    assert!(vault.create(subject(1)).await.unwrap().is_none());
}

pub(crate) async fn a_subject_destroyed_before_its_first_key_never_gets_one(place: &impl Place) {
    let vault = place.vault().await;
    vault.destroy(subject(1)).await.unwrap();
    assert!(vault.create(subject(1)).await.unwrap().is_none());
    assert!(!vault.keys(&[subject(1)]).await.unwrap().contains(subject(1)));
}

pub(crate) async fn many_creations_at_once_agree(place: &impl Place) {
    let vault = place.vault().await;
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let vault = Arc::clone(&vault);
            tokio::spawn(async move {
                let mut made = Vec::new();
                for number in 0..20 {
                    made.push(vault.create(subject((number + task) % 20)).await.unwrap().unwrap());
                }
                made
            })
        })
        .collect();
    let mut seen = HashSet::new();
    for task in tasks {
        seen.extend(task.await.unwrap().into_iter().map(|key| (key.subject(), *key.expose())));
    }
    assert_eq!(seen.len(), 20, "one key per subject, whoever asked first");
}

pub(crate) async fn keys_outlive_a_restart(place: &impl Place) {
    let vault = place.vault().await;
    let made = vault.create(subject(1)).await.unwrap();
    drop(vault);
    let Some(vault) = place.vault_again().await else { return };
    assert!(same(vault.keys(&[subject(1)]).await.unwrap().get(subject(1)), made.as_ref()));
    assert!(same(vault.create(subject(1)).await.unwrap().as_ref(), made.as_ref()));
}

pub(crate) async fn keys_of_very_many_subjects(place: &impl Place) {
    let vault = place.vault().await;
    let creations: Vec<_> = (0..3_000)
        .map(|number| {
            let vault = Arc::clone(&vault);
            tokio::spawn(async move { vault.create(subject(number)).await.unwrap().unwrap() })
        })
        .collect();
    let mut made = Vec::new();
    for creation in creations {
        made.push(creation.await.unwrap());
    }
    vault.destroy(subject(7)).await.unwrap();
    for vault in [Some(vault), place.vault_again().await].into_iter().flatten() {
        for asked in [3_000, 300, 20, 1] {
            let subjects: Vec<_> = (0..asked).map(subject).collect();
            let found = vault.keys(&subjects).await.unwrap();
            for (number, key) in made.iter().enumerate() {
                let expected = number < usize::try_from(asked).unwrap() && number != 7;
                assert_eq!(found.contains(key.subject()), expected, "{number} of {asked}");
                assert!(!expected || same(found.get(key.subject()), Some(key)));
            }
        }
    }
}
