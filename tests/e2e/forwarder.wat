;; Asks the chain's extension whatever its caller wants to know, and does what an attacker would
;; around it.
;;
;; Input: flags (u32), number of the function (u32), its arguments.
;; Output: what the extension returned (u32), and what it wrote where that is 0.
;;
;; Flags:  1  ends in a trap after the function
;;         2  first calls itself, re-entering, with the flags divided by 256
;;         4  calls itself read-only, with the flags divided by 256, and returns what came of that
;;         8  calls no function, and loops until the gas is gone
(module
  (import "env" "memory" (memory 2 2))
  (import "seal0" "input" (func $input (param i32 i32)))
  (import "seal0" "address" (func $address (param i32 i32)))
  (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
  (import "seal0" "call_chain_extension"
    (func $extension (param i32 i32 i32 i32 i32) (result i32)))
  (import "seal2" "call"
    (func $call (param i32 i32 i64 i64 i32 i32 i32 i32 i32 i32) (result i32)))

  ;; 0: length of the input        4: length of the extension's output
  ;; 8: code                      12: the extension's output
  ;; 16384: flags, function, arguments
  ;; 65536: own address        65600: its length        65616: a value of 0
  (data (i32.const 0) "\00\40\00\00\00\20\00\00")
  (data (i32.const 65600) "\20\00\00\00")

  (func (export "deploy"))

  ;; Calls the contract itself with the input that lies in memory: without limits but the caller's,
  ;; without value, without output.
  (func $again (param $how i32) (result i32)
    (call $address (i32.const 65536) (i32.const 65600))
    (call $call
      (local.get $how) (i32.const 65536) (i64.const 0) (i64.const 0)
      (i32.const -1) (i32.const 65616) (i32.const 16384) (i32.load (i32.const 0))
      (i32.const -1) (i32.const 0)))

  (func (export "call")
    (local $flags i32)
    (call $input (i32.const 16384) (i32.const 0))
    (local.set $flags (i32.load (i32.const 16384)))
    (i32.store (i32.const 16384) (i32.shr_u (local.get $flags) (i32.const 8)))
    (if (i32.and (local.get $flags) (i32.const 8))
      (then (loop $for_ever (br $for_ever))))
    (if (i32.and (local.get $flags) (i32.const 4))
      (then
        ;; Re-entry allowed, read-only.
        (i32.store (i32.const 8) (call $again (i32.const 24)))
        (call $return (i32.const 0) (i32.const 8) (i32.const 4))))
    (if (i32.and (local.get $flags) (i32.const 2))
      (then (drop (call $again (i32.const 8)))))
    (i32.store (i32.const 8)
      (call $extension
        (i32.load (i32.const 16388)) (i32.const 16392)
        (i32.sub (i32.load (i32.const 0)) (i32.const 8))
        (i32.const 12) (i32.const 4)))
    (if (i32.and (local.get $flags) (i32.const 1)) (then (unreachable)))
    (if (i32.load (i32.const 8)) (then (i32.store (i32.const 4) (i32.const 0))))
    ;; What only takes arguments writes nothing: its output is the room there is for it.
    (if (i32.eq (i32.load (i32.const 16388)) (i32.const 4))
      (then (i32.store (i32.const 4) (i32.const 0))))
    (call $return
      (i32.const 0) (i32.const 8) (i32.add (i32.const 4) (i32.load (i32.const 4))))))
