/** The fields that both create forms share: prompt, model, format, options and their images. */

import * as api from "../../data/api.js";
import { OPTION_ERROR_FIELDS } from "../../data/form-errors.js";
import { optionProblems } from "../../data/option-problems.js";
import { optionState } from "../../data/option-state.js";
import { replacementOf } from "../../data/replacement.js";
import { VideoChoice } from "../../data/video-choice.js";
import { h } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { loadShape } from "../../lib/image-size.js";
import "./end-frame.js";
import "./more-options.js";
import "./prompt-field.js";
import "./video-settings.js";

export class ChoiceForm extends Element {
  /** @type {Video | null} the video that this form remixes */
  remixed = null;
  /** Whether the model to use is not known yet, so that nothing can be sent. */
  isFindingSuccessor = false;
  prompt = h("prompt-field", {
    "onprompt-changed": () => this.promptChanged(),
    "onprompt-submitted": () => this.submit(),
  });
  /** What the user chose: model, format and options. */
  choice = new VideoChoice();
  settings = h("video-settings");
  endFrame = h("end-frame", { field: "end_image", "onimage-uploaded": () => this.imageUploaded() });
  options = h("more-options", { "onimage-uploaded": () => this.imageUploaded() });

  /** @type {string | null} the shape of the remixed video's source image */
  #remixedShape = null;

  constructor() {
    super();
    this.settings.shots.promptSoFar = () => this.prompt.text;
  }

  // What the forms implement.

  /** The user changed something. */
  changed() {}
  promptChanged() {
    this.changed();
  }
  /** The shape of the source image as a ratio, or null if it is not known. @returns {string | null} */
  get sourceShape() {
    return null;
  }
  /** An image of the options has been uploaded. */
  imageUploaded() {}
  /** Send the request. */
  async submit() {}

  /** Take over what the user chose in an element of the form. */
  choose(event) {
    event.stopPropagation();
    this.choice.choose(event.detail);
    this.changed();
  }

  /** Show the model, its format and its options as they were chosen. */
  showChoice() {
    const { choice } = this;
    const { fields } = choice;
    this.settings.show(choice);
    this.options.show(choice);
    this.endFrame.hidden = !("end_image" in choice.options);
    this.endFrame.picker.ratio = this.sourceShape ?? this.#remixedShape ?? fields.aspect_ratio;
    if (!this.endFrame.hidden) this.endFrame.show(optionState(choice, "end_image"));
    this.prompt.maxChars = choice.maxPromptChars;
    this.prompt.hidden = !choice.hasOwnPrompt || choice.uses("shots"); // shots have their own prompts
  }

  /** Restore the choices, with images that the server has. */
  fillChoice(choices, { end, references }) {
    this.choice.draft = { ...choices, end_image: end && true, reference_images: references.map(() => true) };
    this.endFrame.draft = end;
    this.options.references.draft = references;
  }

  /** If a video's model is not offered any more, select the model that replaces it. */
  async chooseSuccessor(video) {
    this.isFindingSuccessor = this.choice.isReplaced;
    if (!this.isFindingSuccessor) return;
    const replacement = await replacementOf(video, this.signal).catch(() => null);
    if (this.remixed !== video) return;
    this.isFindingSuccessor = false;
    if (replacement) this.choice.choose({ successor: replacement.id });
  }

  /** Load the shape of a remixed video's source image, to which an end frame is cropped. */
  async loadRemixedShape(video) {
    this.#remixedShape = null;
    if (!video.source_image_url?.startsWith("upload:")) return;
    const details = await api.video(video.links.self, { signal: this.signal }).catch(() => null);
    const link = /** @type {VideoDetails | undefined} */ (details?.video)?.source_image_link;
    const shape = link ? await loadShape(link) : null;
    if (this.remixed === video) this.#remixedShape = shape;
  }

  /** After a refusal because a model is not available, offer the models that are, and select the successor. */
  async refreshModels(error) {
    if (error.code !== "model_unavailable") return;
    api.models.forget();
    this.choice.models = await api.models().catch(() => this.choice.models);
    if (error.successor) this.choice.choose({ successor: error.successor });
    this.changed();
  }

  /** Whether there is a prompt: that of the form, or those of all shots. */
  get hasPrompt() {
    const { shots } = this.choice.fields;
    return shots ? shots.every((it) => it.prompt.trim()) : this.prompt.text.trim() !== "";
  }

  /** The request's fields of format and options. Their images are uploaded first if needed. Throws Problem. */
  async optionFields() {
    const { choice } = this;
    const { request } = choice;
    const { options } = choice;
    const isUsed = { end_image: choice.uses("end_image"), reference_images: choice.uses("reference_images") };
    const [end, references] = await Promise.all([
      isUsed.end_image ? this.endFrame.picker.source() : null,
      isUsed.reference_images ? this.options.references.source(options.reference_images.maximum ?? undefined) : null,
    ]);
    return {
      ...request,
      ...("end_image" in options && { end_image: end }),
      ...("reference_images" in options && { reference_images: references }),
    };
  }

  get optionProblems() {
    const problems = optionProblems(this.choice);
    const { picker } = this.endFrame;
    const isUnusable = this.choice.uses("end_image") && !picker.isUsable;
    return isUnusable ? { end_image: picker.problem, ...problems } : problems;
  }

  /** Show why the options cannot be sent, and focus the first such field. Return whether they can be sent. */
  validateOptions() {
    const problems = this.optionProblems;
    this.showOptionErrors(problems);
    return Object.keys(problems).length === 0;
  }

  /** The fields beside which an error can be shown, for `sortErrors`. */
  get optionErrorFields() {
    const shown = this.#errorNodes.map((it) => it.field);
    return Object.fromEntries(Object.entries(OPTION_ERROR_FIELDS).filter(([field]) => shown.includes(field)));
  }

  get #errorNodes() {
    return [this.endFrame, ...this.settings.errorFields, ...this.options.errorFields].filter((it) => !it.hidden);
  }

  /** Show errors by field beside the options, and focus the first. @param {Record<string, string | null>} errors */
  showOptionErrors(errors) {
    const nodes = this.#errorNodes;
    for (const node of nodes) node.error = errors[node.field] ?? null;
    const first = nodes.find((it) => errors[it.field]);
    if (!first) return;
    if (this.options.errorFields.includes(first)) this.options.open();
    const details = /** @type {HTMLDetailsElement | null} */ (this.settings.closest("details"));
    if (details) details.open = true;
    first.focus();
  }
}
