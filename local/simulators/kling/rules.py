"""Check a create request against the row of its model, as the vendor's capability map says."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from local.simulators.kling import shots
from local.simulators.kling.codes import ApiError
from local.simulators.kling.fields import short, text
from local.simulators.kling.models import MODES, Row
from local.simulators.kling.wanted import Choices, Shot, Wanted

_INPUT_VIDEO_SECONDS = 5  # a video from a URL is never downloaded, and counts as this long
_WORDS = {  # how each API calls an option
    "tasks": {"sound": "audio", "end_frame": "last_frame", "reference": "refer_image"},
    "legacy": {"sound": "sound", "end_frame": "image_tail", "reference": "image_list"},
}


def choices(row: Row, wanted: Wanted) -> Choices:
    """Return the settings of the video. Raises ApiError for what the model does not support."""
    resolution = wanted.resolution or row.resolutions[0]
    if resolution not in row.resolutions:
        raise ApiError(1201, f"resolution value {short(resolution)} is invalid")
    check = _Check(row=row, wanted=wanted, resolution=resolution, seconds=_seconds(row, wanted))
    prompt = _prompt(row, wanted)
    sound = check.sound()
    check.end_frame(sound)
    check.inputs(sound)
    multi_shot, found = check.shots(prompt)
    _check_numbers(row, wanted)
    return Choices(
        prompt=prompt,
        resolution=resolution,
        seconds=check.seconds,
        aspect_ratio=_aspect_ratio(row, wanted),
        sound=sound,
        multi_shot=multi_shot,
        shots=found,
        video_input=wanted.has_video,
        voice=wanted.voices > 0,
        usd=_usd_per_second(row, wanted, resolution=resolution, sound=sound) * check.seconds,
        watermark=wanted.watermark,
    )


def ignored(row: Row, wanted: Wanted) -> list[str]:
    """Return the options that the model has no field for, and that ask for nothing that it would have to refuse."""
    words = _WORDS[row.api]
    found = {
        words["sound"]: wanted.sound is not None and not row.sounds,
        "multi_shot": wanted.multi_shot is not None and row.multi_shot_default is None,
        "aspect_ratio": wanted.aspect_ratio is not None and row.flow in ("image", "motion"),
        "negative_prompt": wanted.negative_prompt not in (None, "") and not row.negative_prompt_chars,
        "duration": wanted.duration is not None and not row.durations,
    }
    return [name for name, is_ignored in found.items() if is_ignored]


@dataclass(frozen=True, kw_only=True)
class _Check:
    row: Row
    wanted: Wanted
    resolution: str
    seconds: int

    def sound(self) -> str:
        row, sound = self.row, self.wanted.sound
        if row.always_sound:
            return "native"
        if not row.sounds:
            if sound in (None, "off"):
                return "off"
            self.refuse(self.word("sound"))
        if sound is None:
            return row.sounds[0]
        if sound not in row.sounds:
            raise ApiError(1201, f"{self.word('sound')} value {short(sound)} is invalid")
        if sound == "native" and row.native_sound_at and self.resolution not in row.native_sound_at:
            self.refuse(self.word("sound"))
        if row.flow == "omni":
            self._omni_sound(sound)
        return sound

    def _omni_sound(self, sound: str) -> None:
        wanted = self.wanted
        if wanted.feature_video is not None and sound != "off":
            self.refuse(f"{self.word('sound')} beside a feature video")
        if wanted.base_video is not None and sound == "native":
            self.refuse(f"{self.word('sound')} native beside a base video")
        if wanted.base_video is None and sound == "original":
            self.refuse(f"{self.word('sound')} original without a video")

    def end_frame(self, sound: str) -> None:
        row, wanted, word = self.row, self.wanted, self.word("end_frame")
        if wanted.last_frame is None:
            return
        if not row.end_frame:
            raise ApiError(1201, "Image tail is not supported by the current model")
        if wanted.first_frame is None:
            raise ApiError(1201, f"{word} is only supported with a first frame")
        if self.resolution not in row.end_frame or (row.end_frame_silent and sound != "off"):
            self.refuse(word)
        if wanted.base_video is not None:
            self.refuse(f"{word} beside a base video")

    def inputs(self, sound: str) -> None:
        """Check the number of videos, reference images, elements and voices."""
        row, wanted = self.row, self.wanted
        has_frames = wanted.first_frame is not None or wanted.last_frame is not None
        references = len(wanted.references) + wanted.elements
        if wanted.base_video is not None and wanted.feature_video is not None:
            raise ApiError(1201, "only one video is supported")
        if wanted.references and not row.max_references:
            self.refuse(self.word("reference"))
        if wanted.elements > row.max_elements:
            self.refuse(f"{wanted.elements} elements" if row.max_elements else "elements")
        if row.max_references and references > self._max_references:
            self.refuse(f"{references} reference images and elements")
        if has_frames and references and row.frames_exclude_references:
            self.refuse("references beside a first or last frame")
        limit = row.max_elements_with_frames
        if has_frames and limit is not None and wanted.elements > limit:
            self.refuse(f"{wanted.elements} elements beside a first or last frame")
        if wanted.voices > row.max_voices or (wanted.voices and sound == "off"):
            self.refuse("voices")
        if row.api == "legacy" and wanted.voices and wanted.elements:
            self.refuse("voice_list beside element_list")

    def shots(self, prompt: str) -> tuple[bool, tuple[Shot, ...]]:
        row, wanted = self.row, self.wanted
        if row.multi_shot_default is None:
            if wanted.multi_shot:
                self.refuse("multi_shot")
            return row.shot_prompt, shots.of_prompt(prompt, seconds=self.seconds) if row.shot_prompt else ()
        if wanted.base_video is not None:
            if wanted.multi_shot:
                self.refuse("multi_shot beside a base video")
            return False, ()
        if wanted.feature_video is not None and wanted.multi_shot is False and row.api == "tasks":
            self.refuse("multi_shot false beside a feature video")
        multi_shot = row.multi_shot_default if wanted.multi_shot is None else wanted.multi_shot
        if multi_shot and row.shot_prompt:
            return True, shots.of_prompt(prompt, seconds=self.seconds)
        if multi_shot and wanted.shots is not None:
            return True, shots.checked(wanted.shots, seconds=self.seconds)
        return multi_shot, ()

    def refuse(self, what: str) -> NoReturn:
        """Raise the refusal of a combination, in the words of the vendor."""
        row = self.row
        if row.api == "legacy":
            mode = next(mode for mode, resolution in MODES.items() if resolution == self.resolution)
            about = f"model/mode/duration({row.model}/{mode}/{self.seconds})"
        else:
            about = f"model/resolution/duration({row.model}/{self.resolution}/{self.seconds})"
        raise ApiError(1201, f"{about} is not supported with {what}")

    def word(self, option: str) -> str:
        return _WORDS[self.row.api][option]

    @property
    def _max_references(self) -> int:
        return self.row.max_references_with_video if self.wanted.has_video else self.row.max_references


def _prompt(row: Row, wanted: Wanted) -> str:
    required = row.prompt_required and not (wanted.multi_shot and wanted.shots is not None)
    prompt = text(wanted.prompt, name="prompt", limit=row.prompt_chars, required=required)
    if row.negative_prompt_chars:
        text(wanted.negative_prompt, name="negative_prompt", limit=row.negative_prompt_chars, required=False)
    return prompt


def _seconds(row: Row, wanted: Wanted) -> int:
    if not row.durations or (wanted.base_video is not None and wanted.duration is None):
        return _INPUT_VIDEO_SECONDS
    seconds = row.default_duration if wanted.duration is None else wanted.duration
    has_references = bool(wanted.references) or wanted.elements > 0 or wanted.has_video
    among = row.durations if has_references else row.durations_without_references or row.durations
    if seconds not in among:
        raise ApiError(1201, f"duration value {short(wanted.duration)} is invalid")
    return seconds


def _aspect_ratio(row: Row, wanted: Wanted) -> str | None:
    ratio = wanted.aspect_ratio
    if row.flow in ("image", "motion"):
        return None
    if ratio is None and row.flow == "omni":
        if wanted.first_frame is None and not wanted.has_video:
            raise ApiError(1201, "aspect_ratio is required without a first frame or a video")
        return None
    ratio = "16:9" if ratio is None else ratio
    if not isinstance(ratio, str) or ratio not in row.aspect_ratios:
        raise ApiError(1201, f"aspect_ratio value {short(ratio)} is invalid")
    return ratio


def _check_numbers(row: Row, wanted: Wanted) -> None:
    scale = wanted.cfg_scale
    if scale is None:
        return
    if not row.cfg_scale:
        raise ApiError(1201, "cfg_scale is not supported by the current model")
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 <= scale <= 1:
        raise ApiError(1201, f"cfg_scale value {short(scale)} is invalid")


def _usd_per_second(row: Row, wanted: Wanted, *, resolution: str, sound: str) -> Decimal:
    if wanted.has_video:
        kind = "video"
    elif sound == "native":
        kind = "voice" if wanted.voices else "sound"
    else:
        kind = "silent"
    return row.usd_per_second(kind, resolution)
