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
  /** The model that was asked for, if its successor was used. */
  requested_model: string | null;
  provider: string;
  provider_task_id: string | null;
  duration_seconds: number;
  aspect_ratio: string;
  resolution: string;
  delivered_resolution: string | null;
  seed: number | null;
  end_image_url: string | null;
  reference_image_urls: string[] | null;
  sound: boolean | null;
  shots: Shot[] | null;
  cfg_scale: number | null;
  motions: Motion[] | null;
  enhance_prompt: boolean | null;
  camera_movement: string | null;
  watermark: boolean | null;
  enhanced_prompt: string | null;
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
  content_credentials: string | null;
  elapsed_seconds: number;
  queue: { position: number; waits_for: "slot" | "provider" | "outage"; expected_start_at: string } | null;
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

/** What the provider charged: in USD, and in its own units. */
interface Bill {
  usd: number | null;
  billed_as: Record<string, number>;
}

/** One video alone has details that lists leave out. */
interface VideoDetails extends Video {
  /** A link that shows the source image; it expires. */
  source_image_link: string | null;
  generation_metadata: { bill: Bill | null } & Record<string, any>;
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

/** Format and options of a request, by field. */
type Fields = Record<string, any>;

interface Shot {
  prompt: string;
  duration_seconds: number;
}

interface Motion {
  id: string;
  strength: number;
}

/** What a model accepts for one option. */
interface ModelOption {
  default: any;
  values: any[];
  minimum: number | null;
  maximum: number | null;
  max_chars: number | null;
  is_fixed: boolean;
  is_required: boolean;
  is_joined: boolean;
}

/** If every field in `when` has one of its values, every field in `needs` must, too. */
interface Rule {
  when: Record<string, any[]>;
  needs: Record<string, any[]>;
}

interface Price {
  when: Record<string, any>;
  usd_per_second: number | null;
  usd_per_video: number | null;
}

/** Fields that break no rule if `isValid`, and what was changed for that. */
interface Fit {
  fields: Fields;
  changes: { field: string; value: any; reason: string }[];
  isValid: boolean;
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
  /** The resolution that is delivered, if the model chooses it. */
  delivers: string | null;
  options: Record<string, ModelOption>;
  rules: Rule[];
  prices: Price[];
  usual_seconds: { usually: number };
  limits: {
    max_prompt_chars: number;
    max_prompt_chars_from_image: number | null;
    min_seed: number;
    max_seed: number | null;
    max_image_bytes: number;
    min_image_side: number;
  };
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
  /** In drafts of older versions: negative prompt and seed. */
  options?: Fields;
  text: string;
  template: any;
  /** The user's choices of model, format and options. */
  settings: Fields;
  source: StoredImage | null;
  end: StoredImage | null;
  references: StoredImage[];
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
  "option-changed": CustomEvent<Fields>;
}

interface HTMLElementEventMap extends PageEvents {}
interface DocumentEventMap extends PageEvents {}

interface Navigator {
  /** Chromium only. */
  connection?: { saveData: boolean };
}
