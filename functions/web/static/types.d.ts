/** The API's records and the page's events, for the type check alone: this file is never served. */

type Status = "queued" | "processing" | "saving" | "delayed" | "completed" | "failed" | "canceled";
type VideoType = "user" | "intro" | "promo" | "token_reveal" | "custom";

interface Video {
  id: string;
  status: Status;
  type: VideoType;
  prompt: string | null;
  final_prompt: string;
  negative_prompt: string | null;
  model: string;
  duration_seconds: number;
  aspect_ratio: string;
  resolution: string;
  seed: number | null;
  template: { id: string; version: number } | null;
  batch_id: string | null;
  batch_index: number | null;
  remixed_from: string | null;
  source_image_url: string | null;
  thumbnail_url: string | null;
  video_url: string | null;
  width: number | null;
  height: number | null;
  size_bytes: number | null;
  measured_seconds: number | null;
  elapsed_seconds: number;
  usual_seconds: { usually: number } | null;
  /** null for a finished video */
  poll_after_seconds: number | null;
  cost: { estimated_usd: number; actual_usd: number | null };
  counts: { views: number; shares: number; downloads: number };
  error: { code: string; message: string } | null;
  created_at: string;
  updated_at: string;
  completed_at: string | null;
  /** An action without a link would be refused. */
  links: {
    self: string;
    cancel?: string;
    delete?: string;
    download?: string;
    remix?: string;
    retry?: string;
    share?: string;
  };
}

interface VideoPage {
  videos: Video[];
  next_cursor: string | null;
}

interface VideoFilters {
  status?: string;
  type?: string;
  model?: string;
}

interface Settings {
  model?: string;
  duration_seconds?: number;
  aspect_ratio?: string;
  resolution?: string;
  variations?: number;
}

interface Model {
  id: string;
  name: string;
  provider: string;
  flows: string[];
  default_for: string[];
  duration_seconds: number[];
  aspect_ratios: string[];
  resolutions: string[];
  usd_per_second: Record<string, number>;
  usual_seconds: { usually: number };
  takes_negative_prompt: boolean;
  takes_seed: boolean;
  limits: { max_prompt_chars: number; max_seed: number | null; max_image_bytes: number; min_image_side: number };
  price_verified_at: string | null;
  notes: string | null;
}

interface Template {
  id: string;
  flows: string[];
  variables: { name: string; flows: string[]; default: string | null }[];
  wording: Record<string, string>;
}

interface Community {
  id: string;
  name: string;
  agent_name: string | null;
  agent_instructions: string | null;
  token_name: string | null;
  token_symbol: string | null;
  avatar: string | null;
  avatar_url: string | null;
  links: { prompt: string };
}

/** A source image that the server already has. `url` shows it, and may be null. */
interface StoredImage {
  name: string;
  url: string | null;
  description?: string;
}

/** What a form needs to be filled in again. */
interface Draft {
  text: string;
  template: any;
  options: { negative_prompt: string | null; seed: number | null };
  settings: Settings;
  source: StoredImage | null;
  remixed: Video | null;
}

/** The events that elements emit; all of them bubble and cross shadow roots. */
interface PageEvents {
  "filters-changed": CustomEvent<VideoFilters>;
  search: CustomEvent<{ text: string }>;
  "video-action": CustomEvent<{ action: string; video: Video }>;
  "video-changed": CustomEvent<{ video: Video }>;
  "video-completed": CustomEvent<{ video: Video }>;
  "video-deleted": CustomEvent<{ video: Video }>;
  "video-ended": CustomEvent<{ video: Video }>;
  "video-finished": CustomEvent<{ video: Video }>;
  "video-remix": CustomEvent<{ video: Video }>;
  "videos-created": CustomEvent<{ videos: Video[] }>;
  "offer-declined": CustomEvent<undefined>;
}

interface HTMLElementEventMap extends PageEvents {}
interface DocumentEventMap extends PageEvents {}

interface Navigator {
  /** Chromium only. */
  connection?: { saveData: boolean };
}
