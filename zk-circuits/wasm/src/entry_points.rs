//! What WebAssembly needs around the checks: functions that the executor calls, memory from its
//! allocator, an end of panics.
//!
//! An entry point takes the address and length of its input and returns those of its SCALE-encoded
//! result, length in the upper half: the calling convention of a runtime.

use codec::Encode;
use core::{
    alloc::{GlobalAlloc, Layout},
    panic::PanicInfo,
    slice,
};

/// Checks a key.
///
/// # Safety
///
/// `length` bytes at `input` can be read.
#[no_mangle]
pub unsafe extern "C" fn prepare(input: *const u8, length: usize) -> u64 {
    // SAFETY: the caller's promise.
    encoded(crate::prepare(unsafe {
        slice::from_raw_parts(input, length)
    }))
}

/// Checks one proof.
///
/// # Safety
///
/// `length` bytes at `input` can be read.
#[no_mangle]
pub unsafe extern "C" fn verify(input: *const u8, length: usize) -> u64 {
    // SAFETY: the caller's promise.
    encoded(crate::verify(unsafe {
        slice::from_raw_parts(input, length)
    }))
}

/// Checks proofs together.
///
/// # Safety
///
/// `length` bytes at `input` can be read.
#[no_mangle]
pub unsafe extern "C" fn verify_batch(input: *const u8, length: usize) -> u64 {
    // SAFETY: the caller's promise.
    encoded(crate::verify_batch(unsafe {
        slice::from_raw_parts(input, length)
    }))
}

/// Where the encoded result lies, for the executor to read before it drops the instance.
fn encoded(result: impl Encode) -> u64 {
    let bytes: &[u8] = result.encode().leak();
    ((bytes.len() as u64) << 32) | bytes.as_ptr() as u64
}

/// Alignment of all that the host allocates.
const HOST_ALIGNMENT: usize = 8;

#[link(wasm_import_module = "env")]
extern "C" {
    fn ext_allocator_malloc_version_1(size: usize) -> *mut u8;
    fn ext_allocator_free_version_1(pointer: *mut u8);
}

/// The host's allocator, which is a runtime's too.
struct HostAllocator;

#[global_allocator]
static ALLOCATOR: HostAllocator = HostAllocator;

// SAFETY: the host gives out each byte once until it is freed, and ends the call instead of giving
// out none; what is wanted at a larger alignment than the host's is moved up to it, within memory
// asked for in addition.
unsafe impl GlobalAlloc for HostAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let excess = layout.align().saturating_sub(HOST_ALIGNMENT);
        // SAFETY: the host's function has no conditions.
        let pointer = unsafe { ext_allocator_malloc_version_1(layout.size() + excess) };
        pointer.map_addr(|address| address.next_multiple_of(layout.align()))
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // What was moved is not given back: it is little, and goes with the instance.
        if layout.align() <= HOST_ALIGNMENT {
            // SAFETY: it is what the host gave.
            unsafe { ext_allocator_free_version_1(pointer) }
        }
    }
}

/// The executor reports the trap.
#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
