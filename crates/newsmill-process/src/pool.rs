//! The processes of a stage: at most so many, started when they are needed, used again and again.

use std::sync::{Condvar, Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::child::{Child, Launch, Lost};
use crate::options::LayerDeclaration;
use crate::protocol::{Greeting, Refusal, configure, hello};

/// The processes of one stage.
pub(crate) struct Pool {
    launch: Launch,
    options: Map<String, Value>,
    sends: Vec<LayerDeclaration>,
    most: usize,
    /// What the first process said; the others must say the same.
    greeting: Greeting,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Child>,
    running: usize,
}

impl Pool {
    /// Starts the first process, which says what the stage writes.
    ///
    /// # Errors
    /// It can't be started, or doesn't speak the protocol, or refuses its options.
    pub fn new(
        launch: Launch,
        options: Map<String, Value>,
        sends: Vec<LayerDeclaration>,
        most: usize,
    ) -> Result<Pool, Refusal> {
        let (child, greeting) = start(&launch, &options, &sends)?;
        let state = Mutex::new(State { idle: vec![child], running: 1 });
        Ok(Pool { launch, options, sends, most, greeting, state, freed: Condvar::new() })
    }

    /// What the program says of itself.
    pub fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    /// A process, as soon as there is one.
    ///
    /// # Errors
    /// It can't be started.
    pub fn take(&self) -> Result<Child, Lost> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(child) = state.idle.pop() {
                return Ok(child);
            }
            if state.running < self.most {
                break;
            }
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.running += 1;
        drop(state);
        self.start_another().inspect_err(|_| self.gone())
    }

    fn start_another(&self) -> Result<Child, Lost> {
        let started = start(&self.launch, &self.options, &self.sends);
        match started {
            Ok((child, greeting)) if greeting == self.greeting => Ok(child),
            Ok(_) => {
                Err(Lost::Nonsense("the program declares other layers than when it was first asked".into()))
            }
            Err(refusal) => Err(Lost::Nonsense(refusal.message)),
        }
    }

    /// Takes a process back.
    pub fn give_back(&self, child: Child) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).idle.push(child);
        self.freed.notify_one();
    }

    /// Stops a process that can't be used any more.
    pub fn lose(&self, child: Child) {
        child.kill();
        self.gone();
    }

    fn gone(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).running -= 1;
        self.freed.notify_one();
    }
}

fn start(
    launch: &Launch,
    options: &Map<String, Value>,
    sends: &[LayerDeclaration],
) -> Result<(Child, Greeting), Refusal> {
    let mut child = Child::start(launch).map_err(|e| {
        Refusal::new(format!(
            "can't start `{}` in {}: {e}",
            launch.program.display(),
            launch.folder.display()
        ))
    })?;
    let lost = |l: Lost| Refusal::new(format!("`{}`: {l}", launch.program.display()));
    child.send(hello());
    Greeting::parse(child.first_line().map_err(lost)?, "hello")?;
    child.send(configure(&launch.id, options, sends));
    let greeting = Greeting::parse(child.first_line().map_err(lost)?, "configured")?;
    Ok((child, greeting))
}
