/** The file itself: packets by id, and what of it the lab does not use. */
import { useState } from 'react';
import type { RecordingDetails } from '../../../workers/contracts/protocol.ts';
import { bytes } from '../../ui/format.ts';

export function Packets({ details }: { readonly details: RecordingDetails }) {
  const [open, setOpen] = useState(false);
  const { packets, skipped, layout } = details;
  const count = packets.reduce((sum, packet) => sum + packet.count, 0);
  return (
    <section aria-label="The file" className="packets">
      <button type="button" className="disclosure strong" aria-expanded={open} onClick={() => setOpen(!open)}>
        The file <span className="note">{count} packets</span>
      </button>
      {open && (
        <>
          <table className="score">
            <caption>Packets by id; every byte is accounted for</caption>
            <thead>
              <tr>
                <th scope="col">packet</th>
                <th scope="col">count</th>
                <th scope="col">bytes</th>
              </tr>
            </thead>
            <tbody>
              {packets.map(({ id, name, count: times, bytes: size, read }) => (
                <tr key={`${id} ${name}`} className={read ? '' : 'dim'}>
                  <th scope="row">
                    {id} {name}
                  </th>
                  <td>{times}</td>
                  <td>{bytes(size)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {layout && (
            <p className="dim">
              {layout === 'door'
                ? 'Packet 21 is VehicleDoor: recorded by a CARLA later than 0.9.15.'
                : 'Packet 21 is AnimVehicleWheels: recorded by CARLA 0.9.15.'}
            </p>
          )}
          {skipped.map(({ what, count: times, why }) => (
            <p key={`${what} ${why}`} className="dim">
              not used: {times} × {what}, {why}
            </p>
          ))}
        </>
      )}
    </section>
  );
}
