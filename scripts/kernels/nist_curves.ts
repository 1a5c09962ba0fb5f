/**
 * The NIST curves that `tls/provider/kernels/nist_*.ts` are compiled for, and how their numbers are
 * cut in limbs: signed 64-bit words of `limbBits` bits, in Montgomery form with
 * R = 2^(limbs * limbBits). There is no carry in WebAssembly, nor the upper half of a product: limbs
 * have room for sums of products.
 *
 * @module
 */

/** A short Weierstrass curve with a = -3 over a prime that is a short sum of powers of two. */
export interface NistCurve {
  readonly limbs: number;
  readonly limbBits: number;
  /** Bits of a scalar for a row of the generator's table: fewer make a smaller table. */
  readonly baseWindow: number;
  /** The prime is the sum of `sign * 2^exponent`, less one. The first is the largest. */
  readonly terms: readonly { readonly exponent: number; readonly sign: 1 | -1 }[];
  readonly b: bigint;
  readonly order: bigint;
  readonly generator: readonly [x: bigint, y: bigint];
}

/** The field's prime. */
export function primeOf(curve: NistCurve): bigint {
  return curve.terms.reduce((sum, { exponent, sign }) => sum + BigInt(sign) * pow2(exponent), -1n);
}

export function pow2(exponent: number): bigint {
  return 1n << BigInt(exponent);
}

/** NIST P-256, secp256r1 (SP 800-186 §3.2.1.3). */
export const P256: NistCurve = {
  limbs: 9,
  limbBits: 29,
  baseWindow: 7,
  terms: [
    { exponent: 256, sign: 1 },
    { exponent: 224, sign: -1 },
    { exponent: 192, sign: 1 },
    { exponent: 96, sign: 1 },
  ],
  b: 0x5ac635d8_aa3a93e7_b3ebbd55_769886bc_651d06b0_cc53b0f6_3bce3c3e_27d2604bn,
  order: 0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n,
  generator: [
    0x6b17d1f2_e12c4247_f8bce6e5_63a440f2_77037d81_2deb33a0_f4a13945_d898c296n,
    0x4fe342e2_fe1a7f9b_8ee7eb4a_7c0f9e16_2bce3357_6b315ece_cbb64068_37bf51f5n,
  ],
};

/** NIST P-384, secp384r1 (SP 800-186 §3.2.1.4). */
export const P384: NistCurve = {
  limbs: 14,
  limbBits: 28,
  baseWindow: 6,
  terms: [
    { exponent: 384, sign: 1 },
    { exponent: 128, sign: -1 },
    { exponent: 96, sign: -1 },
    { exponent: 32, sign: 1 },
  ],
  b: 0xb3312fa7_e23ee7e4_988e056b_e3f82d19_181d9c6e_fe814112_0314088f_5013875a_c656398d_8a2ed19d_2a85c8ed_d3ec2aefn,
  order:
    0xffffffff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_c7634d81_f4372ddf_581a0db2_48b0a77a_ecec196a_ccc52973n,
  generator: [
    0xaa87ca22_be8b0537_8eb1c71e_f320ad74_6e1d3b62_8ba79b98_59f741e0_82542a38_5502f25d_bf55296c_3a545e38_72760ab7n,
    0x3617de4a_96262c6f_5d9e98bf_9292dc29_f8f41dbd_289a147c_e9da3113_b5f0b8c0_0a60b1ce_1d7e819d_7a431d7c_90ea0e5fn,
  ],
};

/** NIST P-521, secp521r1 (SP 800-186 §3.2.1.5). */
export const P521: NistCurve = {
  limbs: 19,
  limbBits: 28,
  baseWindow: 5,
  terms: [{ exponent: 521, sign: 1 }],
  b: 0x51_953eb961_8e1c9a1f_929a21a0_b68540ee_a2da725b_99b315f3_b8b48991_8ef109e1_56193951_ec7e937b_1652c0bd_3bb1bf07_3573df88_3d2c34f1_ef451fd4_6b503f00n,
  order:
    0x1ff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_fffffffa_51868783_bf2f966b_7fcc0148_f709a5d0_3bb5c9b8_899c47ae_bb6fb71e_91386409n,
  generator: [
    0xc6_858e06b7_0404e9cd_9e3ecb66_2395b442_9c648139_053fb521_f828af60_6b4d3dba_a14b5e77_efe75928_fe1dc127_a2ffa8de_3348b3c1_856a429b_f97e7e31_c2e5bd66n,
    0x118_39296a78_9a3bc004_5c8a5fb4_2c7d1bd9_98f54449_579b4468_17afbd17_273e662c_97ee7299_5ef42640_c550b901_3fad0761_353c7086_a272c240_88be9476_9fd16650n,
  ],
};
