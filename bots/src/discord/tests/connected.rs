//! Discord by the gateway, and the product beside it.

use std::sync::{Arc, Mutex};

use magiclink_domain::authority::Role;
use magiclink_domain::team::{ChatPlatform, ChatUser};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::server::{APPLICATION, Discord as Server, GUILD, KIM};
use super::stand_in::Rotating;
use crate::conversation::tests::world::World;
use crate::discord::{Discord, DiscordConfig, DiscordSecrets, Mode};

pub(super) struct Connected {
    pub(super) world: World,
    pub(super) discord: Arc<Discord>,
    pub(super) server: Server,
    pub(super) secrets: Arc<Rotating>,
    pub(super) stop: CancellationToken,
    pub(super) listening: Option<JoinHandle<()>>,
}

pub(super) fn kim() -> ChatUser {
    ChatUser::parse(ChatPlatform::Discord, GUILD, KIM).unwrap()
}

impl Connected {
    pub(super) async fn new() -> Self {
        let world = World::of(Role::Agent).await;
        let staff = world.staff("Lee Early", Role::Agent).await;
        world.connect(staff, &kim()).await;
        let server = Server::start("first").await;
        let secrets = Arc::new(Rotating(Mutex::new(secrets("first"))));
        let discord = product(&world, &server, &secrets);
        Self { world, discord, server, secrets, stop: CancellationToken::new(), listening: None }
    }

    /// Another process on the same stores.
    pub(super) fn restart(&mut self) {
        self.discord = product(&self.world, &self.server, &self.secrets);
    }

    /// The bot's token is another one from now on, as far as we know.
    pub(super) fn rotate(&self, token: &str) {
        *self.secrets.0.lock().unwrap() = secrets(token);
    }
}

fn secrets(token: &str) -> Arc<DiscordSecrets> {
    Arc::new(DiscordSecrets { bot_token: token.to_owned(), public_keys: vec![] })
}

fn product(world: &World, server: &Server, secrets: &Arc<Rotating>) -> Arc<Discord> {
    let config = DiscordConfig {
        application_id: APPLICATION.to_owned(),
        guild_id: GUILD.to_owned(),
        mode: Mode::Gateway,
        api_base: server.base.parse().unwrap(),
    };
    Discord::new(Arc::clone(&world.talk), config, Arc::clone(secrets) as _, Arc::clone(&world.leases)).unwrap()
}
