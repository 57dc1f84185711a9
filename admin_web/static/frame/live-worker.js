// Holds the one connection of this browser for all its tabs: six of them would leave no connection for the seventh.
import { LiveStream } from "./live-stream.js";

const tabs = new Set();
let stream = null;

function tell(message) {
  for (const tab of tabs) tab.postMessage(message);
}

self.onconnect = ({ ports: [tab] }) => {
  tabs.add(tab);
  tab.onmessage = ({ data }) => {
    if (data.gone) {
      tabs.delete(tab);
      return;
    }
    stream ??= new LiveStream(data.address, tell);
    if (stream.state.kind === "ended") stream = new LiveStream(data.address, tell);
    stream.want(data.topics);
    if (stream.state.kind === "open") tab.postMessage(stream.state);
  };
};
