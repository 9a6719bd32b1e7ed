// Two tones every fifteen seconds while a gravest-level incident goes unanswered. A browser lets a
// page sound only after somebody pressed something, so silence is always visible.
const EVERY_MS = 15000;
const MUTED_MS = 120000;

export class Siren {
  constructor(button) {
    this.button = button;
    this.context = null;
    this.wanted = false;
    this.mutedUntil = 0;
    button.addEventListener("click", () => this.press());
    setInterval(() => this.beat(), EVERY_MS);
  }

  press() {
    if (!this.context) {
      this.context = new AudioContext();
      this.tones();
    } else {
      this.mutedUntil = Date.now() < this.mutedUntil ? 0 : Date.now() + MUTED_MS;
    }
    this.paint();
  }

  sound(wanted) {
    const rising = wanted && !this.wanted;
    this.wanted = wanted;
    if (rising) this.beat();
  }

  beat() {
    this.paint();
    if (this.wanted && this.context && Date.now() >= this.mutedUntil) this.tones();
  }

  paint() {
    const muted = Date.now() < this.mutedUntil;
    this.button.textContent = !this.context ? "开启声音" : muted ? "已静音 2 分钟" : "声音开 · 静音";
    this.button.setAttribute("aria-pressed", String(Boolean(this.context) && !muted));
  }

  tones() {
    const start = this.context.currentTime;
    for (const [at, hertz] of [[0, 880], [0.25, 660], [0.5, 880], [0.75, 660]]) {
      const oscillator = this.context.createOscillator();
      const gain = this.context.createGain();
      oscillator.frequency.value = hertz;
      gain.gain.setValueAtTime(0.25, start + at);
      gain.gain.exponentialRampToValueAtTime(0.001, start + at + 0.22);
      oscillator.connect(gain).connect(this.context.destination);
      oscillator.start(start + at);
      oscillator.stop(start + at + 0.23);
    }
  }
}
