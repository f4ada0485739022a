"""Words that prompts have in common, so that a stored prompt takes about half of its length.

A stored prompt can be read only with the same bytes, so they must never change.
"""

PROMPT_WORDS = (
    b" 4k 8k 24 fps 35 mm film, 50 mm lens, anamorphic, bokeh, grain, IMAX, photorealistic, hyperrealistic, ultra "
    b"detailed, high detail, sharp focus, 3D render, anime style, watercolor, oil painting, stop motion, black and "
    b"white, vintage, retro, neon, cyberpunk, pastel colors, vibrant colors, muted colors, warm tones, volumetric, "
    b"dramatic lighting, soft light, natural light, golden hour, sunset, sunrise, at dusk, at dawn, at night, "
    b"moonlight, candle, morning light, sunlight, backlit, shadows, reflections, silhouette, mist, fog, smoke, rain, "
    b"snow, storm, wind, waves, ocean, beach, river, lake, mountains, forest, desert, city street, lamps, building, "
    b"window, kitchen, table, garden, flowers, trees, leaves, grass, sky, clouds, stars, shallow depth of field, "
    b"motion blur, slow motion, time-lapse, timelapse, handheld, tracking shot, drone shot, aerial view, close-up of, "
    b"wide shot, medium shot, low angle, over the shoulder, point of view, first person, cinematic, The camera slowly "
    b"zooms in, pans left to right, tilts up, follows, moves, rotates around, dolly, push in, pull back, static "
    b"camera. young woman, old man, girl, boy, child, people, person, face, eyes, smile, smiling, hair, hands, "
    b"wearing a dress, jacket, dog, cat, bird, horse, fish, robot, car, train, boat, ship, spaceship, walking "
    b"through, running, dancing, flying, floating, turns slowly, looking at the camera, turning, standing in front "
    b"of, sitting on, holding, playing, falling, rising, glowing, shining, opening, beautiful, small, large, tiny, "
    b"giant, ancient, modern, futuristic, wooden, glass, paper, golden, silver, white, black, red, blue, green, "
    b"yellow, orange, pink, purple, dark, bright, light, background, foreground, detailed, atmosphere, mood, style, "
    b"color, scene, water, with the, and the, of the, in the, on the, to the, from the, into the, past the, while, as "
    b"it, makes it, it follows, close to, across the, over the, under the, behind the, through the, around the, "
    b"toward the viewer, A "
)
