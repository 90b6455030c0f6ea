/** The few icons of the lab, from lucide, by the name of what they stand for. */
import {
  Download,
  FlagTriangleRight,
  Menu,
  Monitor,
  Moon,
  Pencil,
  Plus,
  Redo2,
  SkipForward,
  StepBack,
  StepForward,
  Sun,
  Trash2,
  X,
} from 'lucide-react';

const ICONS = {
  action: FlagTriangleRight,
  add: Plus,
  close: X,
  decision: SkipForward,
  delete: Trash2,
  edit: Pencil,
  export: Download,
  menu: Menu,
  moon: Moon,
  resume: Redo2,
  'step-back': StepBack,
  step: StepForward,
  sun: Sun,
  system: Monitor,
} as const;

export function Icon({ name }: { readonly name: keyof typeof ICONS }) {
  const Glyph = ICONS[name];
  return <Glyph aria-hidden="true" size={14} strokeWidth={1.75} />;
}
