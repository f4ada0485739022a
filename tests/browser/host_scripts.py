"""Scripts of a third-party front end that uses `useGenerateVideo`."""

# The host page. BEGIN starts a generation without awaiting it, because `evaluate` waits for a returned promise.
FRONT_END = """<script type="module">
    import {{ GenerationFailed, Problem, configure, useGenerateVideo }} from "$keepreel/static/embed.js";
    configure({{ token: () => {token} }});
    Object.assign(window, {{ GenerationFailed, Problem, useGenerateVideo, updates: [], completed: [], ended: null }});
    window.callbacks = {{ onUpdate: (video) => updates.push(video), onComplete: (video) => completed.push(video) }};
    window.draw = () => {{
        const canvas = new OffscreenCanvas(640, 640);
        canvas.getContext("2d").fillRect(0, 0, 320, 640);
        return canvas.convertToBlob();
    }};
    window.isReady = true;
</script><p>A dashboard</p>"""

LIMITS = """() => {
    const limits = [];
    AbortSignal.timeout = (milliseconds) => {
        const limit = new AbortController();
        limits.push({ milliseconds, limit });
        return limit.signal;
    };
    window.expire = (after) => limits
        .filter(({ milliseconds }) => milliseconds <= after)
        .forEach(({ limit }) => limit.abort(new DOMException("", "TimeoutError")));
}"""

BEGIN = """({ request, communityId }) => {
    window.leaving = new AbortController();
    const { generate } = useGenerateVideo({ ...callbacks, communityId, signal: leaving.signal });
    generate(request).then(() => { ended = "resolved"; }, (error) => { ended = error.name; });
}"""
