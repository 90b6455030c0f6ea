/** The checkpoint that comes with the lab, as the workers fetch it. */
export async function readShippedCheckpoint(): Promise<Uint8Array> {
  const response = await fetch(new URL(`${import.meta.env.BASE_URL}shipped/policy.safetensors`, self.location.origin));
  if (!response.ok) throw new Error(`The shipped checkpoint is missing (HTTP ${response.status}).`);
  return new Uint8Array(await response.arrayBuffer());
}
