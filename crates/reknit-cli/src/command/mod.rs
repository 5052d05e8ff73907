//! The commands, one file each: their arguments, and the steps from input to output.

pub(crate) mod annotate;
pub(crate) mod calibration;
pub(crate) mod classify;
pub(crate) mod demo;
pub(crate) mod eval;
pub(crate) mod golden;
pub(crate) mod links;
pub(crate) mod messages;
pub(crate) mod models;
mod receipt;
pub(crate) mod resolve;
mod review;
pub(crate) mod run;
pub(crate) mod stitch;
pub(crate) mod train;
mod weights;

use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::failure::{Failure, Place, Result};

/// What joins the labels of a text that carries several.
const LABEL_SEPARATOR: &str = ",";

/// Reads the JSON config in `path`; the default without one. An unknown key is a wrong call.
fn read_config<T: DeserializeOwned + Default>(path: Option<&Path>) -> Result<T> {
    let Some(path) = path else { return Ok(T::default()) };
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| Failure::io(&name, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        let place = Place::at(&name, error.line() as u64, error.column() as u64);
        Failure::usage(format!("{place}: {error}"))
    })
}
