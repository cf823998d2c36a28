// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.20 <0.9.0;

/// @title Verifier of committed-segment Groth16 proofs over BN254
/// @notice What every verifier that `swarm-zk export --solidity` writes offers, whatever its key.
interface ISwarmworkVerifier {
    // Affine coordinates of a point of G1, each below the field's modulus. Infinity is (0, 0).
    struct G1Point {
        uint256 x;
        uint256 y;
    }

    // Affine coordinates of a point of G2, in the order of the pairing precompile (EIP-197).
    struct G2Point {
        uint256 xImaginary;
        uint256 xReal;
        uint256 yImaginary;
        uint256 yReal;
    }

    // What a proof is about, apart from the key. A contract that acts on a proof takes every field
    // from its own state: a proof is worth nothing under a statement that its bearer chose.
    struct Statement {
        bytes32 genesis; // hash of the genesis block of the chain that the job is on
        bytes32 job; // job id
        uint32 batch; // index of the batch within the job
        bytes32 provider; // account of the provider whom the proof pays
        G1Point cw; // commitment to the model's weights
        G1Point cx; // commitment to the input batch
    }

    // Groth16 elements, and the commitments that came with the result.
    struct Proof {
        G1Point a;
        G2Point b;
        G1Point c;
        G1Point cz; // to the intermediate values
        G1Point cy; // to the output
    }

    /// @notice Proof element A is not a point of the curve, or is infinity.
    error MalformedA();
    /// @notice Proof element B is not a point of the twisted curve, or is infinity.
    error MalformedB();
    /// @notice Proof element C is not a point of the curve, or is infinity.
    error MalformedC();
    /// @notice The commitment to the intermediate values is not a point of the curve.
    error MalformedCz();
    /// @notice The commitment to the output is not a point of the curve.
    error MalformedCy();
    /// @notice The commitment to the weights is not a point of the curve.
    error MalformedCw();
    /// @notice The commitment to the input is not a point of the curve.
    error MalformedCx();
    /// @notice The challenge hashed to zero; the prover must commit again.
    error ZeroChallenge();
    /// @notice The pairing equation does not hold: the proof proves another statement, or none.
    error EquationFailed();
    /// @notice The pairing precompile refused its input. B is not in the subgroup of order r, or the
    /// call had too little gas (the precompile takes 317,000), or the chain has no such precompile.
    error PairingRefused();
    /// @notice A precompile failed that cannot fail on its input: the call had too little gas, or
    /// the chain has no such precompile.
    error PrecompileFailed(address precompile);

    /// @notice Returns if the proof proves the statement, and reverts with the reason if it does not.
    /// @dev Changes no state, so it does not know which proofs were seen before. Proofs can be
    /// re-randomised: tell them apart by their statement, never by their bytes.
    /// @param statement What the proof is about.
    /// @param proof The proof.
    function verify(Statement calldata statement, Proof calldata proof) external view;

    /// @notice keccak256 of the canonical bytes of the verifying key: the id of its circuit.
    function verifyingKeyHash() external view returns (bytes32);

    /// @notice Whether the key was made by one party, who can forge proofs under it.
    function isDevelopmentKey() external view returns (bool);
}

/// @title Verifier for the circuit __VERIFYING_KEY_HASH__
/// @notice One proof covers __BATCH__ inferences of __INPUT_LEN__ input and __OUTPUT_LEN__ output values.
/// __ORIGIN__
/// @dev Statements and proofs mean what they mean to `swarm-zk verify`, and the verdict is the same.
/// The challenge hashes points in their compressed form, which is computed here from coordinates.
/// BN254 gives about 100 bits of security.
contract SwarmworkVerifier is ISwarmworkVerifier {
    /// Modulus of the field of coordinates.
    uint256 private constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    /// The last y that is not the larger one of y and -y.
    uint256 private constant HALF_Q = (Q - 1) / 2;
    /// The twisted curve is y^2 = x^3 + TWIST_B, with TWIST_B = 3 / (9 + i).
    uint256 private constant TWIST_B_REAL = 0x2b149d40ceb8aaae81be18991be06ac3b5b4c5e559dbefa33267e6dc24a138e5;
    uint256 private constant TWIST_B_IMAGINARY = 0x009713b03af0fed4cd2cafadeed8fdf4a74fa084e52d1852e4a2bd0685c315d2;

    /// The hashed scalars have 253 bits. 2^253 is below the order r of the groups, so none of them
    /// needs to be compared with r or reduced.
    uint256 private constant SCALAR_MASK = (1 << 253) - 1;
    bytes32 private constant TAG_DOMAIN = "swarmwork/groth16/tag/1";
    bytes32 private constant CHALLENGE_DOMAIN = "swarmwork/groth16/challenge/1";

    /// Flags in the last byte of a compressed point.
    uint256 private constant LARGER_Y = 0x80;
    uint256 private constant INFINITY = 0x40;

    // The verifying key.
    bytes32 private constant VERIFYING_KEY_HASH = __VERIFYING_KEY_HASH__;
    bool private constant DEVELOPMENT = __DEVELOPMENT__;
    uint256 private constant ALPHA_X = __ALPHA_X__;
    uint256 private constant ALPHA_Y = __ALPHA_Y__;
    uint256 private constant BETA_X_IMAGINARY = __BETA_X_IMAGINARY__;
    uint256 private constant BETA_X_REAL = __BETA_X_REAL__;
    uint256 private constant BETA_Y_IMAGINARY = __BETA_Y_IMAGINARY__;
    uint256 private constant BETA_Y_REAL = __BETA_Y_REAL__;
    uint256 private constant GAMMA_X_IMAGINARY = __GAMMA_X_IMAGINARY__;
    uint256 private constant GAMMA_X_REAL = __GAMMA_X_REAL__;
    uint256 private constant GAMMA_Y_IMAGINARY = __GAMMA_Y_IMAGINARY__;
    uint256 private constant GAMMA_Y_REAL = __GAMMA_Y_REAL__;
    uint256 private constant GAMMA_WEIGHTS_X_IMAGINARY = __GAMMA_WEIGHTS_X_IMAGINARY__;
    uint256 private constant GAMMA_WEIGHTS_X_REAL = __GAMMA_WEIGHTS_X_REAL__;
    uint256 private constant GAMMA_WEIGHTS_Y_IMAGINARY = __GAMMA_WEIGHTS_Y_IMAGINARY__;
    uint256 private constant GAMMA_WEIGHTS_Y_REAL = __GAMMA_WEIGHTS_Y_REAL__;
    uint256 private constant GAMMA_INPUT_X_IMAGINARY = __GAMMA_INPUT_X_IMAGINARY__;
    uint256 private constant GAMMA_INPUT_X_REAL = __GAMMA_INPUT_X_REAL__;
    uint256 private constant GAMMA_INPUT_Y_IMAGINARY = __GAMMA_INPUT_Y_IMAGINARY__;
    uint256 private constant GAMMA_INPUT_Y_REAL = __GAMMA_INPUT_Y_REAL__;
    uint256 private constant GAMMA_INTERMEDIATE_X_IMAGINARY = __GAMMA_INTERMEDIATE_X_IMAGINARY__;
    uint256 private constant GAMMA_INTERMEDIATE_X_REAL = __GAMMA_INTERMEDIATE_X_REAL__;
    uint256 private constant GAMMA_INTERMEDIATE_Y_IMAGINARY = __GAMMA_INTERMEDIATE_Y_IMAGINARY__;
    uint256 private constant GAMMA_INTERMEDIATE_Y_REAL = __GAMMA_INTERMEDIATE_Y_REAL__;
    uint256 private constant GAMMA_OUTPUT_X_IMAGINARY = __GAMMA_OUTPUT_X_IMAGINARY__;
    uint256 private constant GAMMA_OUTPUT_X_REAL = __GAMMA_OUTPUT_X_REAL__;
    uint256 private constant GAMMA_OUTPUT_Y_IMAGINARY = __GAMMA_OUTPUT_Y_IMAGINARY__;
    uint256 private constant GAMMA_OUTPUT_Y_REAL = __GAMMA_OUTPUT_Y_REAL__;
    uint256 private constant DELTA_X_IMAGINARY = __DELTA_X_IMAGINARY__;
    uint256 private constant DELTA_X_REAL = __DELTA_X_REAL__;
    uint256 private constant DELTA_Y_IMAGINARY = __DELTA_Y_IMAGINARY__;
    uint256 private constant DELTA_Y_REAL = __DELTA_Y_REAL__;
    /// Bases of one, the challenge and the tag.
    uint256 private constant IC_ONE_X = __IC_ONE_X__;
    uint256 private constant IC_ONE_Y = __IC_ONE_Y__;
    uint256 private constant IC_CHALLENGE_X = __IC_CHALLENGE_X__;
    uint256 private constant IC_CHALLENGE_Y = __IC_CHALLENGE_Y__;
    uint256 private constant IC_TAG_X = __IC_TAG_X__;
    uint256 private constant IC_TAG_Y = __IC_TAG_Y__;

    /// @inheritdoc ISwarmworkVerifier
    function verify(Statement calldata statement, Proof calldata proof) external view {
        // The precompiles refuse such points too. Checked here, each is named, and costs its
        // sender little: a precompile that refuses takes all gas.
        if (!_isOnCurve(proof.a)) revert MalformedA();
        if (!_isOnTwist(proof.b)) revert MalformedB();
        if (!_isOnCurve(proof.c)) revert MalformedC();
        if (!_isCommitment(proof.cz)) revert MalformedCz();
        if (!_isCommitment(proof.cy)) revert MalformedCy();
        if (!_isCommitment(statement.cw)) revert MalformedCw();
        if (!_isCommitment(statement.cx)) revert MalformedCx();

        uint256 tag = _tag(statement);
        uint256 rho = _challenge(statement, proof, tag);
        if (rho == 0) revert ZeroChallenge();

        G1Point memory ic = _multiply(IC_CHALLENGE_X, IC_CHALLENGE_Y, rho);
        ic = _add(ic, _multiply(IC_TAG_X, IC_TAG_Y, tag));
        ic = _add(ic, G1Point(IC_ONE_X, IC_ONE_Y));
        if (!_equationHolds(statement, proof, ic)) revert EquationFailed();
    }

    /// @inheritdoc ISwarmworkVerifier
    function verifyingKeyHash() external pure returns (bytes32) {
        return VERIFYING_KEY_HASH;
    }

    /// @inheritdoc ISwarmworkVerifier
    function isDevelopmentKey() external pure returns (bool) {
        return DEVELOPMENT;
    }

    /// The scalar that binds a proof to chain, job, batch and provider.
    function _tag(Statement calldata statement) private pure returns (uint256) {
        bytes memory fields = abi.encodePacked(
            TAG_DOMAIN,
            statement.genesis,
            statement.job,
            _batchBytes(statement),
            statement.provider
        );
        return uint256(keccak256(fields)) & SCALAR_MASK;
    }

    /// The verifier's challenge, hashed from the statement and all four commitments.
    function _challenge(
        Statement calldata statement,
        Proof calldata proof,
        uint256 tag
    ) private pure returns (uint256) {
        bytes memory fields = abi.encodePacked(
            CHALLENGE_DOMAIN,
            statement.genesis,
            VERIFYING_KEY_HASH,
            _reverse(tag),
            _batchBytes(statement),
            _compress(statement.cw),
            _compress(statement.cx),
            _compress(proof.cz),
            _compress(proof.cy)
        );
        return uint256(keccak256(fields)) & SCALAR_MASK;
    }

    /// Whether
    ///   e(-A, B) e(alpha, beta) e(IC, gamma) e(C_w, gamma_w) e(C_x, gamma_x) e(C_z, gamma_z)
    ///   e(C_y, gamma_y) e(C, delta) = 1
    /// The precompile checks that B is in the subgroup of order r; G1 has no other points.
    function _equationHolds(
        Statement calldata statement,
        Proof calldata proof,
        G1Point memory ic
    ) private view returns (bool) {
        // A is a point of odd order, so its y is not 0 and Q - y is below Q.
        uint256[48] memory pairs = [
            proof.a.x, Q - proof.a.y,
            proof.b.xImaginary, proof.b.xReal, proof.b.yImaginary, proof.b.yReal,
            ALPHA_X, ALPHA_Y,
            BETA_X_IMAGINARY, BETA_X_REAL, BETA_Y_IMAGINARY, BETA_Y_REAL,
            ic.x, ic.y,
            GAMMA_X_IMAGINARY, GAMMA_X_REAL, GAMMA_Y_IMAGINARY, GAMMA_Y_REAL,
            statement.cw.x, statement.cw.y,
            GAMMA_WEIGHTS_X_IMAGINARY, GAMMA_WEIGHTS_X_REAL, GAMMA_WEIGHTS_Y_IMAGINARY, GAMMA_WEIGHTS_Y_REAL,
            statement.cx.x, statement.cx.y,
            GAMMA_INPUT_X_IMAGINARY, GAMMA_INPUT_X_REAL, GAMMA_INPUT_Y_IMAGINARY, GAMMA_INPUT_Y_REAL,
            proof.cz.x, proof.cz.y,
            GAMMA_INTERMEDIATE_X_IMAGINARY, GAMMA_INTERMEDIATE_X_REAL, GAMMA_INTERMEDIATE_Y_IMAGINARY, GAMMA_INTERMEDIATE_Y_REAL,
            proof.cy.x, proof.cy.y,
            GAMMA_OUTPUT_X_IMAGINARY, GAMMA_OUTPUT_X_REAL, GAMMA_OUTPUT_Y_IMAGINARY, GAMMA_OUTPUT_Y_REAL,
            proof.c.x, proof.c.y,
            DELTA_X_IMAGINARY, DELTA_X_REAL, DELTA_Y_IMAGINARY, DELTA_Y_REAL
        ];
        uint256[1] memory product;
        bool success;
        assembly ("memory-safe") {
            success := staticcall(gas(), 0x08, pairs, 0x600, product, 0x20)
            // Where there is no precompile, the call succeeds and returns nothing.
            success := and(success, eq(returndatasize(), 0x20))
        }
        if (!success) revert PairingRefused();
        return product[0] == 1;
    }

    function _multiply(uint256 x, uint256 y, uint256 scalar) private view returns (G1Point memory product) {
        uint256[3] memory operands = [x, y, scalar];
        bool success;
        assembly ("memory-safe") {
            success := staticcall(gas(), 0x07, operands, 0x60, product, 0x40)
            success := and(success, eq(returndatasize(), 0x40))
        }
        if (!success) revert PrecompileFailed(address(0x07));
    }

    function _add(G1Point memory p, G1Point memory q) private view returns (G1Point memory sum) {
        uint256[4] memory operands = [p.x, p.y, q.x, q.y];
        bool success;
        assembly ("memory-safe") {
            success := staticcall(gas(), 0x06, operands, 0x80, sum, 0x40)
            success := and(success, eq(returndatasize(), 0x40))
        }
        if (!success) revert PrecompileFailed(address(0x06));
    }

    /// A commitment may be infinity: that of an all-zero tensor without a blind is.
    function _isCommitment(G1Point calldata p) private pure returns (bool) {
        return (p.x == 0 && p.y == 0) || _isOnCurve(p);
    }

    /// Whether the coordinates are below Q and y^2 = x^3 + 3. They are not for infinity.
    function _isOnCurve(G1Point calldata p) private pure returns (bool) {
        (uint256 x, uint256 y) = (p.x, p.y);
        if (x >= Q || y >= Q) return false;
        return mulmod(y, y, Q) == addmod(mulmod(mulmod(x, x, Q), x, Q), 3, Q);
    }

    /// Whether the coordinates are below Q and y^2 = x^3 + TWIST_B. They are not for infinity.
    function _isOnTwist(G2Point calldata p) private pure returns (bool) {
        (uint256 x0, uint256 x1, uint256 y0, uint256 y1) = (p.xReal, p.xImaginary, p.yReal, p.yImaginary);
        if (x0 >= Q || x1 >= Q || y0 >= Q || y1 >= Q) return false;
        (uint256 left0, uint256 left1) = _multiplyComplex(y0, y1, y0, y1);
        (uint256 right0, uint256 right1) = _multiplyComplex(x0, x1, x0, x1);
        (right0, right1) = _multiplyComplex(right0, right1, x0, x1);
        return left0 == addmod(right0, TWIST_B_REAL, Q) && left1 == addmod(right1, TWIST_B_IMAGINARY, Q);
    }

    /// (a0 + a1 i) (b0 + b1 i) with i^2 = -1, for parts below Q.
    function _multiplyComplex(
        uint256 a0,
        uint256 a1,
        uint256 b0,
        uint256 b1
    ) private pure returns (uint256 real, uint256 imaginary) {
        real = addmod(mulmod(a0, b0, Q), Q - mulmod(a1, b1, Q), Q);
        imaginary = addmod(mulmod(a0, b1, Q), mulmod(a1, b0, Q), Q);
    }

    /// The canonical 32 bytes of a point: x, little-endian, with flags in the two bits that it
    /// leaves free in its last byte.
    function _compress(G1Point calldata p) private pure returns (uint256) {
        if (p.x == 0 && p.y == 0) return INFINITY;
        return _reverse(p.x) | (p.y > HALF_Q ? LARGER_Y : 0);
    }

    /// The four bytes of the batch index, little-endian.
    function _batchBytes(Statement calldata statement) private pure returns (bytes4) {
        return bytes4(bytes32(_reverse(statement.batch)));
    }

    /// The word with its 32 bytes in reverse order.
    function _reverse(uint256 word) private pure returns (uint256) {
        uint256 mask = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
        word = ((word >> 8) & mask) | ((word & mask) << 8);
        mask = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
        word = ((word >> 16) & mask) | ((word & mask) << 16);
        mask = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
        word = ((word >> 32) & mask) | ((word & mask) << 32);
        mask = 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
        word = ((word >> 64) & mask) | ((word & mask) << 64);
        return (word >> 128) | (word << 128);
    }
}
