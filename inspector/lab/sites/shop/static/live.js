// Two ways in which a server can speak first.

// 1. Server-sent events. EventSource opens the answer, reads it event by event, and comes back by itself when it breaks off.
const stock = document.querySelector("#stock");
const news = document.querySelector("#news");
const lamp = document.querySelector("#events-lamp");
const events = new EventSource("/live/events");
events.onopen = () => light(lamp, "live", true);
events.onerror = () => light(lamp, "connecting", false);
events.addEventListener("stock", (event) => {
  for (const each of JSON.parse(event.data)) row(each.name).textContent = each.stock;
});
events.addEventListener("news", (event) => {
  const told = JSON.parse(event.data);
  if (told.what === "sold") {
    row(told.name).textContent -= told.count;
    news.textContent = `${told.count} of ${told.name} was just sold.`;
  } else {
    news.textContent = `Somebody put ${told.name} into a basket.`;
  }
});
events.addEventListener("clock", (event) => light(lamp, `live for ${JSON.parse(event.data).seconds} s`, true));

function row(name) {
  return [...stock.children].find((each) => each.dataset.name === name)?.querySelector(".num") ?? document.createElement("span");
}

// 2. A WebSocket: the connection stays open, and both sides send messages when they like.
const chat = document.querySelector("#chat");
const chatLamp = document.querySelector("#chat-lamp");
const form = document.querySelector("#say");
const line = document.querySelector("#line");
const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live/chat`);
socket.onopen = () => light(chatLamp, "open", true);
socket.onclose = (event) => light(chatLamp, event.reason || "closed", false);
socket.onmessage = (event) => {
  const { who, text } = JSON.parse(event.data);
  const item = document.createElement("li");
  const name = document.createElement("strong");
  name.textContent = who;
  item.append(name, text);
  chat.append(item);
  chat.scrollTop = chat.scrollHeight;
};
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (line.value.trim() && socket.readyState === WebSocket.OPEN) socket.send(line.value);
  line.value = "";
});

function light(lamp, words, on) {
  lamp.textContent = words;
  lamp.classList.toggle("on", on);
}
