//! The platform: chosen here, and named nowhere else.

#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
pub(super) use linux::*;
