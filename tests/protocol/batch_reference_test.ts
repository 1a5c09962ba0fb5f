import { referenceKernel } from "../../protocol/batch_reference.ts";
import { specifyBatchKernel } from "../support/batch_kernel.ts";

specifyBatchKernel("referenceKernel", () => referenceKernel(new Uint8Array(64 * 1024)));
