//! What a start does when it finds a restored backup: nothing spent works again, nothing erased comes back, nobody who
//! opted out is written to.
//!
//! Apart from the ordinary start because it is rare and must be complete: it is done again until it came to its end.

use magiclink_domain::contact::ContactState;
use magiclink_domain::id::{CommandId, ContactId};
use magiclink_domain::ports::Vault;
use magiclink_domain::usecases::Caller;

use crate::keys::{Ended, FileKeys, Tombstones};
use crate::wiring::App;

/// The part that needs nothing but keys and vault: links and sessions die, destroyed keys are destroyed again.
pub(crate) async fn before_opening(keys: &FileKeys, vault: &dyn Vault) -> anyhow::Result<()> {
    keys.rotate(Some(Ended::Restored))?;
    for subject in Tombstones::read(keys.folder())?.keys {
        vault.destroy(subject).await?;
    }
    Ok(())
}

/// The part that the log must tell: erasures and opt-outs that the backup did not know.
pub(crate) async fn after_opening(app: &App) -> anyhow::Result<()> {
    let tombstones = Tombstones::read(app.keys.folder())?;
    for subject in &tombstones.keys {
        let contact = ContactId::from_uuid(subject.uuid());
        match app.use_cases.contact_state(&system(app), contact).await? {
            ContactState::Present(_) | ContactState::Erasing(_) => {
                app.use_cases.erase_contact(&system(app), contact).await?;
            }
            ContactState::Absent | ContactState::Erased => {}
        }
    }
    for number in &tombstones.opted_out {
        app.use_cases.opt_out_again(&system(app), *number).await?;
    }
    app.watch.begin_anew().await?;
    tracing::error!(
        erased = tombstones.keys.len(),
        opted_out = tombstones.opted_out.len(),
        "the log is older than the one last seen here: a backup was restored. Every earlier link and session is dead, \
         erasures and opt-outs were repeated. Review API tokens and the team (magiclink token list, magiclink staff \
         list): they stand as in the backup"
    );
    Ok(())
}

fn system(app: &App) -> Caller {
    Caller::system(CommandId::from_uuid(app.use_cases.ports().ids.id()))
}
