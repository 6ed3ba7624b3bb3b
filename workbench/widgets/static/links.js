// Addresses. Nothing becomes a link unless it is http(s) and says where it leads.

/** The address, if it is http(s) and has a host; else null. @returns {URL|null} */
function safeUrl(address) {
  const url = URL.canParse(address) && new URL(address);
  return url && /^https?:$/.test(url.protocol) && url.hostname && !url.username ? url : null;
}
