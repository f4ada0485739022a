// A client of the API that must compile with the shipped types: it creates a video, reads it, lists videos and handles a problem.
import type { components, operations, paths } from "../../../functions/web/static/api-types.js";

type Schemas = components["schemas"];
type Created = paths["/v1/videos"]["post"]["responses"][202]["content"]["application/json"];
type ListQuery = NonNullable<operations["listVideos"]["parameters"]["query"]>;

const smallest: Schemas["VideoRequest"] = { prompt: "A quiet lake at dawn" };
const withNulls: Schemas["VideoRequest"] = { prompt: "A lake", source_image: null, source_image_url: null, seed: null };
const bot: Schemas["BotVideoRequest"] = { type: "intro" };
const remix: Schemas["RemixRequest"] = {};
const community: Schemas["CommunityRequest"] = { name: "Sophia's friends" };
const share: Schemas["ShareRequest"] = {};
export const bodies = [smallest, withNulls, bot, remix, community, share];

// @ts-expect-error A bot video needs a type.
export const withoutType: Schemas["BotVideoRequest"] = { prompt: "A lake" };
// @ts-expect-error There is no such option.
export const unknownField: Schemas["VideoRequest"] = { prompt: "A lake", color: "red" };

class ProblemError extends Error {
  constructor(readonly problem: Schemas["Problem"]) {
    super(problem.errors.map((it) => `${it.pointer}: ${it.detail}`).join("\n") || problem.detail);
  }
}

async function send<Result>(path: string, init: RequestInit = {}): Promise<Result> {
  const response = await fetch(path, init);
  if (response.ok) return (await response.json()) as Result;
  if (response.headers.get("Content-Type")?.startsWith("application/problem+json")) {
    throw new ProblemError((await response.json()) as Schemas["Problem"]);
  }
  throw new Error(((await response.json()) as Schemas["GatewayMessage"]).message);
}

export async function createAndFollow(): Promise<string> {
  const created = await send<Created>("/v1/videos", { method: "POST", body: JSON.stringify(smallest) });
  let video: Schemas["Video"] = created;
  while (video.poll_after_seconds !== null) {
    const seconds: number = video.poll_after_seconds;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    video = await send<Schemas["Video"]>(`/v1/videos/${video.id}`);
  }
  const download: string | undefined = video.links.download ?? undefined;
  return download ?? video.error?.message ?? video.status;
}

export async function everyTitle(query: ListQuery = { limit: 100 }): Promise<string[]> {
  const page = await send<Schemas["VideoPage"]>(`/v1/videos?limit=${query.limit ?? 20}`);
  return page.videos.map((it) => it.prompt ?? it.final_prompt);
}
