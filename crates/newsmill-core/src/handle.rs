//! Handles: proofs that a plan gave a stage the right to read or write a layer.

use std::marker::PhantomData;
use std::sync::Arc;

/// The right to read the layer of type `T` that an earlier stage writes. Made by `BuildContext::read`.
#[derive(Debug)]
pub struct Read<T> {
    slot: u32,
    name: Arc<str>,
    layer: PhantomData<fn() -> T>,
}

/// The right to write a layer of type `T`. Made by `BuildContext::write`.
#[derive(Debug)]
pub struct Write<T> {
    index: u32,
    name: Arc<str>,
    layer: PhantomData<fn() -> T>,
}

/// The right to read a layer of any type as a table. Made by `BuildContext::read_any`.
#[derive(Clone, Debug)]
pub struct ReadTable {
    slot: u32,
    name: Arc<str>,
}

impl<T> Read<T> {
    pub(crate) fn new(slot: u32, name: Arc<str>) -> Self {
        Read { slot, name, layer: PhantomData }
    }
    #[inline]
    pub(crate) fn slot(&self) -> usize {
        self.slot as usize
    }
    /// The layer's name in this plan (after renaming).
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl<T> Write<T> {
    pub(crate) fn new(index: u32, name: Arc<str>) -> Self {
        Write { index, name, layer: PhantomData }
    }
    #[inline]
    pub(crate) fn index(&self) -> usize {
        self.index as usize
    }
    /// The layer's name in this plan (after renaming).
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl ReadTable {
    pub(crate) fn new(slot: u32, name: Arc<str>) -> Self {
        ReadTable { slot, name }
    }
    pub(crate) fn slot(&self) -> usize {
        self.slot as usize
    }
    /// The layer's name in this plan.
    pub fn name(&self) -> &str {
        &self.name
    }
}
