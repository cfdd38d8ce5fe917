/** Says beside a slider where it stands while it is moved. Without it the answer's page says it. */
for (const slider of document.querySelectorAll<HTMLInputElement>('input[type=range][data-says]')) {
  const said = document.getElementById(slider.dataset['says']!);
  const write = new Intl.NumberFormat(slider.dataset['locale'], { minimumFractionDigits: 3 });
  slider.addEventListener('input', () => {
    if (said) said.textContent = write.format(slider.valueAsNumber);
  });
}
