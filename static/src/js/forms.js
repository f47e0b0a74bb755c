import { CharacterCount, ErrorSummary, Radios, Checkboxes, createAll } from 'govuk-frontend';

export function enhance() {
  document.body.classList.add('js-enabled', 'govuk-frontend-supported');
  for (const part of [ErrorSummary, CharacterCount, Radios, Checkboxes]) createAll(part);
}
