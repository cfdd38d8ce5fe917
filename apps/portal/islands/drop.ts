/** Lets a document be dropped on the verify page's file field, and shows its name. The field itself works without this. */
for (const area of document.querySelectorAll<HTMLElement>('[data-drop]')) {
  const input = area.querySelector<HTMLInputElement>('input[type=file]');
  const name = area.querySelector<HTMLElement>('[data-drop-name]');
  if (!input) continue;
  const mark = (isOver: boolean) => area.classList.toggle('over', isOver);
  const show = () => {
    const file = input.files?.[0];
    if (file && name) {
      name.dir = 'auto';
      name.textContent = file.name;
    }
  };
  area.addEventListener('dragover', (event) => {
    event.preventDefault();
    mark(true);
  });
  area.addEventListener('dragleave', () => mark(false));
  area.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer?.files.length) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event('change'));
    }
  });
  input.addEventListener('change', show);
}
