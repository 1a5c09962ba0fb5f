/**
 * The cryptography that the node, its client and its command line use.
 *
 * @module
 */
export { simd as provider } from "../../tls/provider/simd.ts";
