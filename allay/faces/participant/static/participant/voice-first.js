// Who chose "voice first" finds the voice where others find Start. Nothing plays by itself for them either.

export function voiceFirst(player) {
  const [voice, play] = ["voice", "play"].map((verb) => player.querySelector(`[data-do=${verb}]`));
  const bar = player.querySelector(".player-bar");

  return function arrange() {
    const first = "voiceFirst" in player.dataset && !voice.hidden && !player.classList.contains("playing");
    if (first) bar.prepend(voice);
    else if (bar.contains(voice)) {
      const focused = document.activeElement === voice;
      player.querySelector(".player-more").prepend(voice);
      if (focused) play.focus(); // the next tap is Pause
    }
    voice.classList.toggle("button-main", first);
    play.classList.toggle("button-main", !first);
  };
}
