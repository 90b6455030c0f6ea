/** What this source can be asked to do, each only where it says that it can. What it refuses is said in its own words. */
import { useLive, useSources } from '../../stores/hooks.ts';
import { ConnectForm } from './ConnectForm.tsx';
import { DriveForm } from './DriveForm.tsx';
import { PaceForm } from './PaceForm.tsx';
import { VehicleForm } from './VehicleForm.tsx';
import { WeatherForm } from './WeatherForm.tsx';
import { WorldForm } from './WorldForm.tsx';

export function SourceControls() {
  const id = useLive((state) => state.sourceId);
  const source = useSources((state) => state.sources.find((each) => each.id === id));
  const details = useLive((state) => state.details);
  if (!source) return null;
  const can = new Set(source.capabilities);
  return (
    <>
      {can.has('connect') && <ConnectForm source={source} />}
      {can.has('start-drive') && details && <DriveForm details={details} />}
      {(can.has('pause') || can.has('rate') || can.has('mode')) && <PaceForm source={source} />}
      {can.has('weather') && <WeatherForm />}
      {(can.has('load-map') || can.has('lights')) && <WorldForm source={source} maps={details?.maps ?? []} />}
      {can.has('vehicle-control') && <VehicleForm source={source} blueprints={details?.blueprints ?? []} />}
    </>
  );
}
