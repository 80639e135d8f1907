//! Children and their end: each child leads a process group of its own, and no group outlives us.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, io, net};

use anyhow::{Context, Result, bail};

/// How long a group has to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(4);

/// The leaders of the groups that run now.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn running() -> MutexGuard<'static, Vec<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on, Ctrl-C and a request to terminate end the children first.
pub fn stop_with_us() -> Result<()> {
    ctrlc::set_handler(|| {
        // The lock is kept: no child may be started while the others are ended.
        let leaders = running();
        for leader in leaders.iter() {
            signal(*leader, false);
        }
        let deadline = Instant::now() + GRACE;
        while leaders.iter().any(|leader| alive(*leader)) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
        }
        for leader in leaders.iter() {
            signal(*leader, true);
        }
        eprintln!("\nstopped");
        std::process::exit(130);
    })
    .context("the handler for Ctrl-C")
}

/// A child, its group, and the lines it writes.
pub struct Running {
    child: Child,
    name: String,
    lines: Receiver<String>,
}

impl Running {
    /// Starts a child whose output is read line by line.
    pub fn start(mut command: Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = start_group(command, &name)?;
        let (sender, lines) = channel();
        if let Some(stdout) = child.stdout.take() {
            read_lines(stdout, sender.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            read_lines(stderr, sender);
        }
        Ok(Self { child, name, lines })
    }

    /// The lines of both streams as they come. They end when nobody in the group can write any more.
    pub fn lines(&self) -> &Receiver<String> {
        &self.lines
    }

    /// Whether the child has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits for a line in which `find` sees what it wants.
    pub fn wait_for<T>(&mut self, patience: Duration, find: impl Fn(&str) -> Option<T>) -> Result<T> {
        let deadline = Instant::now() + patience;
        let mut seen = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            if let Some(found) = find(&line) {
                return Ok(found);
            }
            seen.push(line);
        }
        bail!("{} did not say what was waited for; it said:\n{}", self.name, seen.join("\n"))
    }

    /// Lets the child write to a file from now on: a pipe that nobody reads would stop it.
    pub fn log_to(&mut self, path: &std::path::Path) -> Result<()> {
        use io::Write;
        let mut file = fs::File::create(path).with_context(|| path.display().to_string())?;
        let (_, none) = channel();
        let lines = std::mem::replace(&mut self.lines, none);
        thread::spawn(move || {
            for line in lines {
                // A full disk must not stop the child.
                let _ = writeln!(file, "{line}");
            }
        });
        Ok(())
    }

    fn stop(&mut self) {
        let leader = self.child.id();
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            signal(leader, false);
            let deadline = Instant::now() + GRACE;
            while self.child.try_wait().is_ok_and(|status| status.is_none()) && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(20));
            }
        }
        // Also the grandchildren of a leader that is gone.
        signal(leader, true);
        let _ = self.child.kill();
        let _ = self.child.wait();
        running().retain(|other| *other != leader);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs a child that writes to our own terminal, and returns what it returned.
pub fn pass_through(mut command: Command) -> Result<ExitCode> {
    // The group is not the terminal's: reading from it would stop the child.
    command.stdin(Stdio::null());
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = start_group(command, &name)?;
    let status = child.wait()?;
    running().retain(|leader| *leader != child.id());
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// A port that nobody listens on now: `wanted` if it is free.
pub fn free_port(wanted: u16) -> Result<u16> {
    let listener =
        net::TcpListener::bind(("127.0.0.1", wanted)).or_else(|_| net::TcpListener::bind(("127.0.0.1", 0)))?;
    Ok(listener.local_addr()?.port())
}

fn start_group(mut command: Command, name: &str) -> Result<Child> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut leaders = running();
    let child = command.spawn().with_context(|| format!("starting {name}"))?;
    leaders.push(child.id());
    Ok(child)
}

fn read_lines(stream: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { return };
            if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                return;
            }
        }
    });
}

#[cfg(unix)]
fn signal(leader: u32, hard: bool) {
    use nix::sys::signal::{Signal, killpg};
    if let Ok(group) = i32::try_from(leader) {
        // It may have ended in the meantime.
        let _ = killpg(nix::unistd::Pid::from_raw(group), if hard { Signal::SIGKILL } else { Signal::SIGTERM });
    }
}

#[cfg(unix)]
fn alive(leader: u32) -> bool {
    i32::try_from(leader).is_ok_and(|group| nix::sys::signal::killpg(nix::unistd::Pid::from_raw(group), None).is_ok())
}

#[cfg(not(unix))]
fn signal(leader: u32, _hard: bool) {
    let _ = Command::new("taskkill").args(["/F", "/T", "/PID", &leader.to_string()]).status();
}

#[cfg(not(unix))]
fn alive(_leader: u32) -> bool {
    false
}
