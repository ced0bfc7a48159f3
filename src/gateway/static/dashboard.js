// Keeps the parts of the dashboard fresh and carries its buttons out without leaving the page.
'use strict';

const message = document.getElementById('message');
const parts = [...document.querySelectorAll('[data-from]')];

async function refresh(part) {
    try {
        const response = await fetch(part.dataset.from);
        if (!response.ok) throw new Error(`${response.status}`);
        const html = await response.text();
        // Whoever works by keyboard stays at the button that was pressed.
        const form = part.contains(document.activeElement) ? document.activeElement.closest('form') : null;
        part.innerHTML = html;
        if (form) part.querySelector(`form[action="${CSS.escape(form.getAttribute('action'))}"] button`)?.focus();
        part.classList.remove('stale');
    } catch {
        part.classList.add('stale');
    }
}

for (const part of parts) {
    refresh(part);
    const seconds = Number(part.dataset.every);
    if (seconds > 0) setInterval(() => document.hidden || refresh(part), seconds * 1000);
}

document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (form.method !== 'post') return;
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    try {
        const response = await fetch(form.action, { method: 'POST' });
        const reply = await response.json();
        message.textContent = reply.message ?? reply.detail ?? `HTTP ${response.status}`;
        message.className = response.ok ? '' : 'error';
    } catch (error) {
        message.textContent = `AgentHub does not answer (${error.message}).`;
        message.className = 'error';
    }
    button.disabled = false;
    parts.forEach(refresh);
});
