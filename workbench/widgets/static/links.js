// Addresses. Nothing becomes a link unless it is http(s) and says where it leads.

/** The address, if it is http(s) and has a host; else null. @returns {URL|null} */
function safeUrl(address) {
  try {
    const url = new URL(String(address));
    return /^https?:$/.test(url.protocol) && url.hostname && !url.username ? url : null;
  } catch {
    return null;
  }
}
