/** Weather of the simulator: CARLA's parameters, a few usual sets of them; the picture follows what was set. */
import { useState } from 'react';
import { useLive } from '../../stores/hooks.ts';
import { setLiveWeather, type WeatherValues } from '../../stores/live-weather.ts';

const FIELDS: readonly (readonly [key: keyof WeatherValues, name: string, min: number, max: number])[] = [
  ['sunAltitudeAngle', 'sun altitude °', -30, 90],
  ['cloudiness', 'clouds %', 0, 100],
  ['precipitation', 'rain %', 0, 100],
  ['wetness', 'wet road %', 0, 100],
  ['fogDensity', 'fog %', 0, 100],
];
const CLEAR: WeatherValues = { sunAltitudeAngle: 70, cloudiness: 10, precipitation: 0, wetness: 0, fogDensity: 0 };
const USUAL: Readonly<Record<string, WeatherValues>> = {
  'Clear noon': CLEAR,
  Cloudy: { ...CLEAR, cloudiness: 80, sunAltitudeAngle: 45 },
  'Wet evening': { ...CLEAR, cloudiness: 60, wetness: 70, sunAltitudeAngle: 15 },
  'Hard rain': { sunAltitudeAngle: 45, cloudiness: 100, precipitation: 90, wetness: 100, fogDensity: 10 },
  Fog: { ...CLEAR, cloudiness: 70, fogDensity: 60 },
  Night: { ...CLEAR, sunAltitudeAngle: -30 },
};

export function WeatherForm() {
  const busy = useLive((state) => state.busy);
  const [values, setValues] = useState(CLEAR);
  return (
    <section aria-label="Weather">
      <div className="head">
        <h3>Weather</h3>
      </div>
      <form
        className="live-fields"
        aria-label="Weather"
        onSubmit={(event) => {
          event.preventDefault();
          void setLiveWeather(values);
        }}
      >
        <select
          className="field wide-field"
          aria-label="Usual weather"
          value={Object.keys(USUAL).find((name) => USUAL[name] === values) ?? ''}
          onChange={(event) => setValues(USUAL[event.target.value] ?? values)}
        >
          <option value="">as set below</option>
          {Object.keys(USUAL).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        {FIELDS.map(([key, name, min, max]) => (
          <Slider
            key={key}
            name={name}
            min={min}
            max={max}
            value={values[key]}
            onChange={(value) => setValues({ ...values, [key]: value })}
          />
        ))}
        <button type="submit" className="btn small" disabled={busy}>
          Set the weather
        </button>
      </form>
    </section>
  );
}

interface SliderProps {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Slider({ name, min, max, value, onChange }: SliderProps) {
  return (
    <>
      <span className="dim">{name}</span>
      <input
        type="range"
        aria-label={name}
        min={min}
        max={max}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <output>{String(value).replace('-', '−')}</output>
    </>
  );
}
